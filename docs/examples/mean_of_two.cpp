// The mean of two pictures of one size: mean_of_two A B OUT
#include <iostream>

#include "imgbuf/imgbuf.hpp"

int main(int argc, char** argv) try {
  if (argc != 4) return 2;
  // Planes, strips and one block of memory, 8 or 16 bits, in one walk.
  const imgbuf::Image a = imgbuf::decode(argv[1], {.expand = true}, imgbuf::Arrangement::planes());
  const imgbuf::Image b = imgbuf::decode(argv[2], {.expand = true}, imgbuf::Arrangement::strips(16));
  const imgbuf::Image mean = imgbuf::Image::allocate(a.info());

  const imgbuf::Context context(imgbuf::default_executor());
  imgbuf::transform(
      context, [](float x, float y) { return (x + y) / 2; }, imgbuf::seen_as<float>(mean.view()),
      imgbuf::seen_as<const float>(a.const_view()), imgbuf::seen_as<const float>(b.const_view()));

  imgbuf::encode(mean, argv[3]);
} catch (const imgbuf::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
