#pragma once

#include <string>

#include <boost/json.hpp>

namespace signalbox::test {

namespace json = boost::json;

inline json::object schema(const char* extra = "args") {
  return {{"$schema", "http://json-schema.org/draft-07/schema#"},
          {"type", "object"},
          {"required", {"servers"}},
          {"additionalProperties", false},
          {"properties", {{"servers", {{"type", "object"}}}, {extra, true}}}};
}

inline json::object samples() {
  return {{"valid", {{"none", {{"servers", json::object{}}}}}},
          {"invalid",
           {{"missing",
             {{"why", "no servers"},
              {"pointer", ""},
              {"payload", json::object{}}}}}}};
}

/// A family that no seed knows, as PutFamily takes it.
inline json::object acme(json::array versions = {"1.0.0"}) {
  json::array listed;
  json::object schemas;
  for (auto& version : versions) {
    const std::string text{std::string_view{version.as_string()}};
    const auto file = "schema-" + text + ".json";
    listed.push_back({{"schema_ref", "acme/" + text},
                      {"version_range", ">=1.0.0"},
                      {"file", file}});
    schemas[file] = schema(("x" + text).c_str());
  }
  return {
      {"descriptor",
       {{"client_id", "acme"},
        {"name", "Acme"},
        {"default_major", 1},
        {"format", {{"media_type", "application/json"}, {"render", "json"}}},
        {"schemas", listed},
        {"capabilities", {"stdio"}},
        {"profiles",
         {{{"name", "default"}, {"environment", json::array{}}},
          {{"name", "prod"}, {"environment", {"prod"}}}}},
        {"inputs", {{"patterns", json::array{}}, {"pointers", json::array{}}}},
        {"strings",
         {{"commands", json::array{}},
          {"arguments", json::array{}},
          {"environment", json::array{}},
          {"headers", json::array{}},
          {"urls", json::array{}}}},
        {"notes", {{"reload", "at once"}}}}},
      {"schemas", std::move(schemas)},
      {"samples", samples()}};
}

} // namespace signalbox::test
