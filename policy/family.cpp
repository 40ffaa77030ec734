#include "policy/family.hpp"

#include <algorithm>
#include <utility>

#include "policy/defaults.hpp"
#include "policy/deprecation.hpp"
#include "policy/hidden_unicode.hpp"
#include "policy/json_reader.hpp"
#include "policy/names.hpp"

namespace signalbox {

namespace {

namespace d = policy_defaults;

constexpr const char* name_rule =
    "must be 1 to 63 lower-case letters, digits and hyphens";

std::string read_name(json_reader& in, std::string_view key) {
  auto out = in.text(key);
  if (!is_name(out))
    in.refuse(key, name_rule);
  return out;
}

bool is_file_name(std::string_view text) {
  return !text.empty() && text.size() <= 128 && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '-';
         });
}

/// A text of at most so many bytes.
std::string read_label(json_reader& in, std::string_view key) {
  auto out = in.text(key);
  if (out.size() > d::max_label)
    in.refuse(key, "is longer than " + std::to_string(d::max_label) + " bytes");
  if (has_hidden_unicode(out) ||
      out.find_first_of("\t\r\n") != std::string::npos)
    in.refuse(key, "has characters that a reader does not see");
  return out;
}

places read_places(json_reader& in, std::string_view key) {
  places out;
  auto texts = in.texts(key);
  if (texts.size() > d::max_list)
    in.refuse(key,
              "has more than " + std::to_string(d::max_list) + " elements");
  for (auto& text : texts) {
    auto one = place::parse(text);
    if (one)
      out.push_back(std::move(*one));
    else
      in.refuse(key, one.error().message);
  }
  return out;
}

/// For people, and kept in the descriptor as they are, but for one word.
void read_notes(json_reader& root, family& out) {
  auto* x = root.object("notes");
  if (!x)
    return;
  json_reader in{root, *x, "/notes"};
  auto text = in.optional_text("reload_kind");
  auto kind = text ? reload_kind_from_string(*text) : reload_kind::unknown;
  if (kind)
    out.reload = *kind;
  else
    in.refuse("reload_kind",
              "must be automatic, reload, new_session, restart or unknown");
}

void read_format(json_reader& root, family& out) {
  auto* x = root.object("format");
  if (!x)
    return;
  json_reader in{root, *x, "/format"};
  in.only({"media_type", "render"});
  out.media_type = read_label(in, "media_type");
  auto kind = render_kind_from_string(in.text("render"));
  if (kind)
    out.render = *kind;
  else
    in.refuse("render", "must be json, toml or yaml");
}

family_schema read_schema(json_reader& in, const family& owner) {
  in.only({"schema_ref", "version_range", "file", "deprecated"});
  family_schema out{in.text("schema_ref"), 0, read_label(in, "version_range"),
                    in.text("file")};
  read_deprecation(in); // read again where it is asked for
  auto ref = schema_ref::parse(out.ref);
  if (!ref || ref->client_id != owner.client_id)
    in.refuse("schema_ref", "must be <client_id>/<semantic version>");
  else
    out.major = ref->version.major;
  if (owner.find_schema(out.ref))
    in.refuse("schema_ref", "stands twice");
  if (!is_file_name(out.file))
    in.refuse("file", "must be a plain file name");
  return out;
}

family_profile read_profile(json_reader& in, const family& owner) {
  in.only({"name", "environment"});
  family_profile out{read_name(in, "name"), in.texts("environment")};
  if (out.environment.size() > d::max_tags ||
      !std::all_of(out.environment.begin(), out.environment.end(),
                   [](auto& x) { return is_name(x); }))
    in.refuse("environment", "must hold at most " +
                                 std::to_string(d::max_tags) +
                                 " tags of a-z, 0-9 and '-'");
  if (owner.find_profile(out.name))
    in.refuse("name", "stands twice");
  return out;
}

template <class List>
void check_length(json_reader& in, std::string_view key, const List& xs) {
  if (xs.size() > d::max_list)
    in.refuse(key,
              "has more than " + std::to_string(d::max_list) + " elements");
}

void read_lists(json_reader& root, family& out) {
  auto each = [&](std::string_view key, auto read, auto& into) {
    auto* xs = root.list(key);
    if (xs && xs->empty())
      root.refuse(key, "must not be empty");
    if (xs)
      check_length(root, key, *xs);
    for (std::size_t i = 0; xs && i < xs->size(); ++i) {
      json_reader in{root, (*xs)[i],
                     append_pointer(root.at(key), std::to_string(i))};
      into.push_back(read(in, out));
    }
  };
  each("schemas", read_schema, out.schemas);
  each("profiles", read_profile, out.profiles);
  out.capabilities = root.texts("capabilities");
  check_length(root, "capabilities", out.capabilities);
}

void read_inputs(json_reader& root, family& out) {
  auto* x = root.object("inputs");
  if (!x)
    return;
  json_reader in{root, *x, "/inputs"};
  in.only({"patterns", "pointers", "declared"});
  auto patterns = in.texts("patterns");
  if (patterns.size() > d::max_input_patterns)
    in.refuse("patterns",
              "are more than " + std::to_string(d::max_input_patterns));
  auto names = read_places(in, "pointers");
  std::optional<place> declared;
  if (auto text = in.optional_text("declared")) {
    auto parsed = place::parse(*text);
    if (parsed)
      declared = std::move(*parsed);
    else
      in.refuse("declared", parsed.error().message);
  }
  auto rules =
      input_rules::compile(patterns, std::move(names), std::move(declared));
  if (rules)
    out.inputs = std::move(*rules);
  else
    in.refuse("patterns", rules.error().message);
}

void read_strings(json_reader& root, family& out) {
  auto* x = root.object("strings");
  if (!x)
    return;
  json_reader in{root, *x, "/strings"};
  in.only({"commands", "arguments", "environment", "headers", "urls"});
  out.strings.commands = read_places(in, "commands");
  out.strings.arguments = read_places(in, "arguments");
  out.strings.environment = read_places(in, "environment");
  out.strings.headers = read_places(in, "headers");
  out.strings.urls = read_places(in, "urls");
}

} // namespace

std::string_view to_string(reload_kind x) {
  switch (x) {
  case reload_kind::unknown:
    return "unknown";
  case reload_kind::automatic:
    return "automatic";
  case reload_kind::reload:
    return "reload";
  case reload_kind::new_session:
    return "new_session";
  case reload_kind::restart:
    return "restart";
  }
  return "";
}

std::optional<reload_kind> reload_kind_from_string(std::string_view text) {
  for (auto x :
       {reload_kind::unknown, reload_kind::automatic, reload_kind::reload,
        reload_kind::new_session, reload_kind::restart})
    if (to_string(x) == text)
      return x;
  return std::nullopt;
}

std::string_view to_string(render_kind x) {
  switch (x) {
  case render_kind::json:
    return "json";
  case render_kind::toml:
    return "toml";
  case render_kind::yaml:
    return "yaml";
  }
  return "json";
}

std::optional<render_kind> render_kind_from_string(std::string_view text) {
  for (auto x : {render_kind::json, render_kind::toml, render_kind::yaml})
    if (text == to_string(x))
      return x;
  return std::nullopt;
}

result<schema_ref> schema_ref::parse(std::string_view text) {
  auto slash = text.find('/');
  if (slash == std::string_view::npos || !is_name(text.substr(0, slash)))
    return failure{errc::bad_request,
                   "a schema_ref is <client_id>/<semantic version>"};
  auto version = semver::parse(text.substr(slash + 1));
  if (!version)
    return version.error();
  return schema_ref{std::string{text.substr(0, slash)}, std::move(*version)};
}

const family_schema* family::find_schema(std::string_view ref) const {
  auto found = std::find_if(schemas.begin(), schemas.end(),
                            [&](auto& x) { return x.ref == ref; });
  return found == schemas.end() ? nullptr : &*found;
}

const family_profile* family::find_profile(std::string_view wanted) const {
  auto found = std::find_if(profiles.begin(), profiles.end(),
                            [&](auto& x) { return x.name == wanted; });
  return found == profiles.end() ? nullptr : &*found;
}

result<family> parse_family(std::string_view text) {
  auto value = parse_json(text, {policy_defaults::max_descriptor, 32});
  if (!value)
    return value.error();
  family out;
  json_reader root{*value};
  root.only({"client_id", "name", "default_major", "format", "schemas",
             "capabilities", "profiles", "inputs", "strings", "notes"});
  out.client_id = read_name(root, "client_id");
  out.name = read_label(root, "name");
  out.default_major = root.number("default_major");
  read_format(root, out);
  read_lists(root, out);
  read_inputs(root, out);
  read_strings(root, out);
  read_notes(root, out);
  if (std::none_of(out.schemas.begin(), out.schemas.end(),
                   [&](auto& x) { return x.major == out.default_major; }))
    root.refuse("default_major", "no schema has this major");
  if (root.error())
    return *root.error();
  return out;
}

} // namespace signalbox
