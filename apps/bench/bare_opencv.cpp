#include "bare_opencv.hpp"

#include <opencv2/core.hpp>

namespace imgbuf::bench {

void rotate_by_opencv(const std::byte* source, std::ptrdiff_t height, std::ptrdiff_t width, int channels,
                      int bytes_a_channel, std::byte* target) {
  cv::setNumThreads(1);
  const int depth = bytes_a_channel == 1 ? CV_8U : bytes_a_channel == 2 ? CV_16U : CV_32F;
  const int type = CV_MAKETYPE(depth, channels);
  const cv::Mat from(static_cast<int>(height), static_cast<int>(width), type, const_cast<std::byte*>(source));
  cv::Mat to(static_cast<int>(width), static_cast<int>(height), type, target);
  cv::rotate(from, to, cv::ROTATE_90_CLOCKWISE);
}

}  // namespace imgbuf::bench
