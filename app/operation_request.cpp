#include "app/operation_request.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "api/routes.hpp"
#include "app/api_client.hpp"

namespace signalbox {

namespace {

std::vector<std::string> pieces_of(std::string_view path) {
  std::vector<std::string> out;
  while (!path.empty()) {
    auto piece = path.substr(0, path.find('/'));
    out.emplace_back(piece);
    path.remove_prefix(std::min(path.size(), piece.size() + 1));
  }
  return out;
}

bool is_parameter(std::string_view piece) {
  return piece.starts_with('{');
}

std::string name_of(std::string_view piece) {
  return std::string{piece.substr(1, piece.size() - 2)};
}

/// As a query spells it: text as it is, lists with commas.
std::string text_of(const json::value& x) {
  if (auto* text = x.if_string())
    return std::string{std::string_view{*text}};
  if (!x.is_array())
    return json::serialize(x);
  std::string out;
  for (auto& one : x.get_array())
    out += (out.empty() ? "" : ",") + text_of(one);
  return out;
}

/// The first parameter of the path that is not given; empty if there is none.
std::string missing(const route_row& row, const json::object& params) {
  for (auto& piece : pieces_of(row.path))
    if (is_parameter(piece) && !params.contains(name_of(piece)))
      return name_of(piece);
  return {};
}

const route_row* best_row(const operation& what, const json::object& params,
                          std::string& lacks) {
  const route_row* out = nullptr;
  const auto holes = [](const route_row& row) {
    return std::count(row.path.begin(), row.path.end(), '{');
  };
  for (auto& row : all_routes()) {
    if (row.operation != what.name)
      continue;
    if (auto name = missing(row, params); !name.empty())
      lacks = name;
    else if (out == nullptr || holes(row) > holes(*out))
      out = &row;
  }
  return out;
}

} // namespace

result<operation_request> spell(const operation& what, json::object params) {
  std::string lacks;
  const auto* row = best_row(what, params, lacks);
  if (row == nullptr)
    return failure{errc::bad_request,
                   lacks.empty() ? std::string{what.name} + " has no path"
                                 : lacks + ": is missing",
                   lacks.empty() ? "" : append_pointer("", lacks)};
  operation_request out;
  out.method = row->method;
  auto pieces = pieces_of(row->path);
  for (auto& piece : pieces)
    if (is_parameter(piece)) {
      const auto name = name_of(piece);
      piece = text_of(params[name]);
      params.erase(name);
      if (piece.empty())
        return failure{errc::bad_request, name + ": is empty",
                       append_pointer("", name)};
    }
  out.path = path_of(pieces);
  if (row->method == http_method::post || row->method == http_method::put)
    out.body = std::move(params);
  else
    for (auto& [name, value] : params)
      out.query.emplace_back(name, text_of(value));
  return out;
}

} // namespace signalbox
