#pragma once

#include <filesystem>
#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "policy/schema_validator.hpp"
#include "tests/temporary_directory.hpp"

namespace signalbox::test {

/// schemas/asyncapi/updates.json.
inline json::value asyncapi_document() {
  return json::parse(read_text(std::filesystem::path{SIGNALBOX_SOURCE_DIR} /
                               "schemas" / "asyncapi" / "updates.json"));
}

/// What the document says a message's value must be.
inline schema_validator update_validator() {
  const auto document = asyncapi_document();
  return schema_validator::compile(
             json::serialize(document.at_pointer("/components/schemas/change")))
      .value();
}

/// What is wrong with the value of a message, one line each.
inline std::string faults_of(const schema_validator& by, const json::value& x) {
  std::string out;
  for (auto& finding : by.validate(x))
    out += finding.pointer + ": " + finding.message + '\n';
  return out;
}

} // namespace signalbox::test
