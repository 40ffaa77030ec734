#include "policy/inputs.hpp"

#include <set>

#include <re2/re2.h>

namespace signalbox {

struct input_rules::compiled {
  std::vector<std::unique_ptr<RE2>> patterns;
  places names;
  std::optional<place> declared;
};

namespace {

using name_set = std::set<std::string, std::less<>>;

std::unique_ptr<RE2> compile_pattern(const std::string& text) {
  RE2::Options options;
  options.set_log_errors(false);
  auto out = std::make_unique<RE2>(text, options);
  // One that matches nothing at all matches everywhere.
  if (!out->ok() || out->NumberOfCapturingGroups() != 1 ||
      RE2::FullMatch("", *out))
    return nullptr;
  return out;
}

name_set declared_names(const json_nodes& payload, const place& at) {
  name_set out;
  for (std::size_t i = 0; i < payload.size(); ++i)
    if (payload.is_text(i) && at.matches(payload, i))
      out.emplace(payload.text(i));
  return out;
}

name_set names_in(std::string_view text, const RE2& pattern) {
  name_set out;
  re2::StringPiece rest{text.data(), text.size()};
  re2::StringPiece name;
  for (auto before = rest.size();
       !rest.empty() && RE2::FindAndConsume(&rest, pattern, &name);
       before = rest.size()) {
    if (!name.empty())
      out.emplace(name.data(), name.size());
    // A match of nothing, at the edge of a word say, consumes nothing.
    if (rest.size() == before)
      rest.remove_prefix(1);
  }
  return out;
}

finding undeclared(const json_nodes& payload, std::size_t i) {
  return {"input", payload.pointer(i), severity::error,
          "Refers to an input that the payload does not declare"};
}

} // namespace

result<input_rules>
input_rules::compile(const std::vector<std::string>& patterns, places names,
                     std::optional<place> declared) {
  auto impl = std::make_shared<compiled>();
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    auto pattern = compile_pattern(patterns[i]);
    if (!pattern)
      return failure{errc::bad_request,
                     "an input pattern is an RE2 expression with one group "
                     "that does not match the empty text",
                     "/" + std::to_string(i)};
    impl->patterns.push_back(std::move(pattern));
  }
  impl->names = std::move(names);
  impl->declared = std::move(declared);
  input_rules out;
  out.impl_ = std::move(impl);
  return out;
}

input_names input_rules::find(const json_nodes& payload) const {
  if (!impl_)
    return {};
  input_names out;
  name_set all;
  name_set declared;
  if (impl_->declared)
    declared = all = declared_names(payload, *impl_->declared);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    if (!payload.is_text(i))
      continue;
    auto text = payload.text(i);
    if (names_input(payload, i))
      all.emplace(text);
    for (std::size_t k = 0; k < impl_->patterns.size(); ++k) {
      for (auto& name : names_in(text, *impl_->patterns[k])) {
        if (k == 0 && impl_->declared && !declared.contains(name))
          out.findings.push_back(undeclared(payload, i));
        all.insert(name);
      }
    }
  }
  out.names.assign(all.begin(), all.end());
  return out;
}

bool input_rules::names_input(const json_nodes& payload, std::size_t i) const {
  if (!impl_ || impl_->names.empty())
    return false;
  if (matches_any(impl_->names, payload, i))
    return true;
  return payload.is_member(i) && payload[i].key == "name" &&
         matches_any(impl_->names, payload, payload[i].parent);
}

} // namespace signalbox
