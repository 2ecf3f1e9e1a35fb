#pragma once

#include "input.hpp"

namespace imgbuf::fuzz {

/// Opens an untrusted file with and without a map, whole and in ways that the input chooses, and requires that
/// * nothing but an `Error` comes of it, and no view leads out of the file;
/// * both give the same pixels, or both the same error;
/// * of a part of the picture a map gives what reading gives, or an error when the file is cut behind that part.
void check_open(const Input& input);

}  // namespace imgbuf::fuzz
