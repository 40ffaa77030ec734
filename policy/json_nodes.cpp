#include "policy/json_nodes.hpp"

namespace signalbox {

json_nodes::json_nodes(const json::value& root) {
  add(root, none, {}, none);
}

void json_nodes::add(const json::value& x, std::size_t parent,
                     std::string_view key, std::size_t index) {
  auto self = nodes_.size();
  nodes_.push_back({&x, parent, key, index});
  if (auto* members = x.if_object()) {
    for (auto& member : *members)
      add(member.value(), self, member.key(), none);
  } else if (auto* elements = x.if_array()) {
    std::size_t next = 0;
    for (auto& element : *elements)
      add(element, self, {}, next++);
  }
}

std::string_view json_nodes::text(std::size_t i) const {
  auto* text = nodes_[i].value->if_string();
  return text ? std::string_view{text->data(), text->size()}
              : std::string_view{};
}

std::string json_nodes::pointer(std::size_t i) const {
  auto& at = nodes_[i];
  if (at.parent == none)
    return {};
  return append_pointer(pointer(at.parent), is_member(i)
                                                ? std::string{at.key}
                                                : std::to_string(at.index));
}

} // namespace signalbox
