#pragma once

#include "imgbuf/view.hpp"
#include "property/random_structure.hpp"

namespace imgbuf::test {

/// A view and the model of what it shows.
struct Subject {
  AnyView view;
  Model model;
};

/// One of the operations of views and layouts with random arguments, done to the view and, in its own way, to the model.
/// What the subject does not allow (an index of an empty axis) leaves it as it is.
[[nodiscard]] Subject random_operation(Random& random, const Subject& subject);

}  // namespace imgbuf::test
