# Warnings and sanitizers for the project's own targets; consumers of the library never see them.
add_library(imgbuf_compiler_options INTERFACE)
target_compile_options(imgbuf_compiler_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  # Following a pointer reads a pointer's bytes from where the pointer points: memcpy(&p, p, sizeof p) means it.
  $<$<CXX_COMPILER_ID:Clang,AppleClang>:-Wno-sizeof-pointer-memaccess>
  $<$<BOOL:${IMGBUF_WARNINGS_AS_ERRORS}>:-Werror>)

set(IMGBUF_SANITIZERS "" CACHE STRING "Sanitizers for everything that is built, such as address,undefined")
if(IMGBUF_SANITIZERS)
  add_compile_options(-fsanitize=${IMGBUF_SANITIZERS} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${IMGBUF_SANITIZERS})
endif()
