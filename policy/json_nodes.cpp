#include "policy/json_nodes.hpp"

#include "policy/defaults.hpp"

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
  if (!is_member(i))
    return append_pointer(pointer(at.parent), std::to_string(at.index));
  // Thousands of pointers below one endless key must not fill the memory.
  constexpr auto most = policy_defaults::max_shown_key;
  auto key = at.key;
  if (key.size() <= most)
    return append_pointer(pointer(at.parent), key);
  auto end = most;
  while (end > 0 && (static_cast<unsigned char>(key[end]) & 0xC0) == 0x80)
    --end;
  return append_pointer(pointer(at.parent),
                        std::string{key.substr(0, end)} + "...");
}

} // namespace signalbox
