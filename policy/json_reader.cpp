#include "policy/json_reader.hpp"

#include <algorithm>

namespace signalbox {

namespace {

std::string to_text(const json::string& x) {
  return {x.data(), x.size()};
}

} // namespace

json_reader::json_reader(const json::value& root)
    : object_{root.if_object()}, error_{&own_error_} {
  if (!object_)
    own_error_ = failure{errc::bad_request, "must be an object", ""};
}

json_reader::json_reader(json_reader& parent, const json::value& x,
                         std::string pointer)
    : object_{x.if_object()}, pointer_{std::move(pointer)}, error_{
                                                                parent.error_} {
  if (!object_ && !*error_)
    *error_ = failure{errc::bad_request, "must be an object", pointer_};
}

bool json_reader::has(std::string_view key) const {
  return object_ && object_->contains(key);
}

std::string json_reader::at(std::string_view key) const {
  return append_pointer(pointer_, key);
}

void json_reader::refuse(std::string_view key, std::string message) {
  if (!*error_)
    *error_ = failure{errc::bad_request, std::move(message), at(key)};
}

void json_reader::only(std::initializer_list<std::string_view> keys) {
  if (!object_)
    return;
  for (auto& x : *object_) {
    std::string_view key{x.key().data(), x.key().size()};
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      refuse(key, "is not known here");
  }
}

const json::value* json_reader::member(std::string_view key) {
  auto* out = object_ ? object_->if_contains(key) : nullptr;
  if (!out)
    refuse(key, "is missing");
  return out;
}

std::string json_reader::text(std::string_view key) {
  auto* x = member(key);
  if (x && x->is_string() && !x->get_string().empty())
    return to_text(x->get_string());
  refuse(key, "must be a text");
  return {};
}

std::optional<std::string> json_reader::optional_text(std::string_view key) {
  if (!object_ || !object_->contains(key))
    return std::nullopt;
  return text(key);
}

std::uint64_t json_reader::number(std::string_view key) {
  auto* x = member(key);
  if (x && x->is_int64() && x->get_int64() >= 0)
    return static_cast<std::uint64_t>(x->get_int64());
  if (x && x->is_uint64())
    return x->get_uint64();
  refuse(key, "must be a whole number from 0");
  return 0;
}

const json::value* json_reader::object(std::string_view key) {
  auto* x = member(key);
  if (x && x->is_object())
    return x;
  refuse(key, "must be an object");
  return nullptr;
}

const json::array* json_reader::list(std::string_view key) {
  auto* x = member(key);
  if (x && x->is_array())
    return &x->get_array();
  refuse(key, "must be a list");
  return nullptr;
}

std::vector<std::string> json_reader::texts(std::string_view key) {
  std::vector<std::string> out;
  auto* xs = list(key);
  for (std::size_t i = 0; xs && i < xs->size(); ++i) {
    if (auto* x = (*xs)[i].if_string())
      out.push_back(to_text(*x));
    else
      refuse(key, "must be a list of texts");
  }
  return out;
}

} // namespace signalbox
