#pragma once

/// IMGBUF_API marks what a shared build of the library exports; everything else stays hidden.
#if defined(IMGBUF_STATIC)
#define IMGBUF_API
#elif defined(_WIN32)
#if defined(IMGBUF_BUILDING)
#define IMGBUF_API __declspec(dllexport)
#else
#define IMGBUF_API __declspec(dllimport)
#endif
#else
#define IMGBUF_API __attribute__((visibility("default")))
#endif
