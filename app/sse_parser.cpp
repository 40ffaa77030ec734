#include "app/sse_parser.hpp"

#include <utility>

namespace signalbox {

std::optional<sse_event> sse_parser::next() {
  for (;;) {
    const auto end = input_.find('\n', at_);
    if (end == input_.npos) {
      input_.erase(0, std::exchange(at_, 0));
      return std::nullopt;
    }
    auto line = std::string_view{input_}.substr(at_, end - at_);
    at_ = end + 1;
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    if (auto out = take(line))
      return out;
  }
}

std::optional<sse_event> sse_parser::take(std::string_view line) {
  if (line.empty()) {
    auto data = std::exchange(data_, std::nullopt);
    auto type = std::exchange(type_, {});
    if (!data)
      return std::nullopt;
    return sse_event{id_, type.empty() ? "message" : std::move(type),
                     std::move(*data)};
  }
  const auto colon = line.find(':');
  const auto name = line.substr(0, colon);
  auto value = colon == line.npos ? std::string_view{} : line.substr(colon + 1);
  if (value.starts_with(' '))
    value.remove_prefix(1);
  if (name == "id")
    id_ = value;
  else if (name == "event")
    type_ = value;
  else if (name == "data")
    data_ = data_ ? *data_ + '\n' + std::string{value} : std::string{value};
  return std::nullopt;
}

} // namespace signalbox
