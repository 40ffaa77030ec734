#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "events/errors.hpp"
#include "events/json.hpp"

namespace signalbox {

/// A place in a template's payload that a parameter fills.
struct template_gap {
  std::string name;
  std::vector<std::string> path; ///< into the payload, keys and indexes
  bool whole = true; ///< the whole value; else the text inside a string

  std::string pointer() const; ///< RFC 6901
};

/// The gaps of a payload: `{"$param": "name"}` for a whole value, and
/// `${param:name}` inside a string.
/// Errors: `bad_request`, with the pointer of what looks like a gap and is
/// none.
result<std::vector<template_gap>> find_gaps(const json::value& payload);

/// The payload with a value in every gap; `values` has all their names. What is
/// put in is not looked through for gaps. Nullopt if more than `limit` bytes of
/// values would go in: a small template can name a long value often.
std::optional<json::value> fill_gaps(const json::value& payload,
                                     const json::object& values,
                                     std::size_t limit);

/// Whether a payload still has what the filled one has in a gap. Elements of
/// lists may have moved.
bool keeps_gap(const json::value& payload, const json::value& filled,
               const template_gap& gap);

} // namespace signalbox
