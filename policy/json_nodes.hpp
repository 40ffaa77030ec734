#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "events/json.hpp"

namespace signalbox {

/// Every value of a document as a flat list, parents before children, in the
/// document's order. Checks loop over it instead of walking the document each
/// for itself. The document must outlive the list.
class json_nodes {
 public:
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  struct node {
    const json::value* value;
    std::size_t parent;   ///< `none` for the root
    std::string_view key; ///< empty for an element of an array
    std::size_t index;    ///< in the array, `none` for a member of an object
  };

  explicit json_nodes(const json::value& root);

  std::size_t size() const { return nodes_.size(); }
  const node& operator[](std::size_t i) const { return nodes_[i]; }

  bool is_member(std::size_t i) const {
    return nodes_[i].parent != none && nodes_[i].index == none;
  }

  /// The string at i, empty if it is none.
  std::string_view text(std::size_t i) const;
  bool is_text(std::size_t i) const { return nodes_[i].value->is_string(); }

  /// RFC 6901.
  std::string pointer(std::size_t i) const;

 private:
  void add(const json::value& x, std::size_t parent, std::string_view key,
           std::size_t index);

  std::vector<node> nodes_;
};

} // namespace signalbox
