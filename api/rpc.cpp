#include "api/rpc.hpp"

#include "api/error_table.hpp"
#include "api/problem.hpp"
#include "api/target.hpp"

#include <atomic>
#include <mutex>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace signalbox {

namespace {

// JSON-RPC 2.0, section 5.1.
constexpr int parse_error = -32700;
constexpr int invalid_request = -32600;
constexpr int method_not_found = -32601;
constexpr int invalid_params = -32602;

constexpr std::size_t max_batch = 32;
constexpr std::size_t max_batch_answer = 4 * 1024 * 1024;
constexpr json_limits body_limits{1024 * 1024, 40};

std::string response_text(const json::value& id, std::string_view member,
                          std::string_view content) {
  std::string out = "{\"jsonrpc\":\"2.0\",\"id\":";
  out += json::serialize(id);
  out += ",\"";
  out += member;
  out += "\":";
  out += content;
  return out + '}';
}

std::string error_text(const json::value& id, int code,
                       std::string_view message, json::object data = {}) {
  json::object error{{"code", code}, {"message", message}};
  if (!data.empty())
    error["data"] = std::move(data);
  return response_text(id, "error", json::serialize(error));
}

std::string answer_text(const json::value& id, const operation_answer& x) {
  if (x.failed)
    return error_text(id, lookup(x.failed->code).rpc, x.failed->message,
                      problem_members(*x.failed, x.details));
  if (!x.media_type.empty())
    return error_text(id, invalid_params, "this form exists over REST alone");
  auto out =
      response_text(id, "result", x.body ? std::string_view{*x.body} : "null");
  // Beside the result, which is the specification's alone.
  out.pop_back();
  for (auto [name, value] :
       {std::pair{"token", &x.token}, std::pair{"cursor", &x.cursor}})
    if (!value->empty())
      out.append(",\"").append(name).append("\":\"").append(*value) += '"';
  return out + '}';
}

/// One request of a batch, or the only one.
struct rpc_request {
  json::value id;
  bool notification = false;
  const operation* what = nullptr;
  json::object params;
  std::string refused; ///< response text, if it is no valid request
};

/// Puts positional parameters under their names.
std::optional<json::object> name_parameters(const operation& what,
                                            const json::array& given) {
  auto names = split_list(what.positional);
  if (given.size() > names.size())
    return std::nullopt;
  json::object out;
  for (std::size_t i = 0; i < given.size(); ++i)
    out[names[i]] = given[i];
  return out;
}

rpc_request read_request(const json::value& x) {
  rpc_request out;
  auto refuse = [&](int code, std::string_view why) {
    out.refused = error_text(out.id, code, why);
    return out;
  };
  if (!x.is_object())
    return refuse(invalid_request, "a request must be an object");
  auto& object = x.get_object();
  auto* id = object.if_contains("id");
  if (id != nullptr && (id->is_string() || id->is_number() || id->is_null()))
    out.id = *id;
  else if (id != nullptr)
    return refuse(invalid_request, "id must be a string or a number");
  auto* version = object.if_contains("jsonrpc");
  auto* method = object.if_contains("method");
  if (version == nullptr || *version != "2.0" || method == nullptr ||
      !method->is_string())
    return refuse(invalid_request, "jsonrpc must be \"2.0\" and method a name");
  out.notification = id == nullptr;
  out.what = find_operation(method->get_string());
  if (out.what == nullptr)
    return refuse(method_not_found, "there is no such method");
  auto* params = object.if_contains("params");
  if (params == nullptr)
    return out;
  if (params->is_object()) {
    out.params = params->get_object();
    return out;
  }
  auto named = params->is_array()
                   ? name_parameters(*out.what, params->get_array())
                   : std::nullopt;
  if (!named)
    return refuse(invalid_params, "params must be an object or an array of "
                                  "the method's parameters");
  out.params = std::move(*named);
  return out;
}

/// Gathers the answers of a batch in its order.
struct batch {
  std::vector<std::string> texts;
  std::atomic<std::size_t> missing;
  std::atomic<std::size_t> bytes{0};
  std::function<void(std::string)> done;

  batch(std::size_t size, std::function<void(std::string)> f)
      : texts(size), missing{size}, done{std::move(f)} {}

  /// `of`: the request. Small ones may ask for large answers, and all wait for
  /// the last; but what was written is told, and a notification is not
  /// answered.
  void put(std::size_t place, const rpc_request& of, std::string text) {
    const bool reads = of.what != nullptr && of.what->reading;
    if ((bytes += text.size()) > max_batch_answer && reads && !text.empty()) {
      const auto& why = lookup(errc::overloaded);
      text = error_text(of.id, why.rpc,
                        "the answers of this batch are larger than 4 MiB "
                        "together: ask for less at once");
    }
    texts[place] = std::move(text);
    if (--missing > 0)
      return;
    std::string out;
    for (auto& x : texts)
      if (!x.empty())
        out += (out.empty() ? "[" : ",") + x;
    done(out.empty() ? out : out + ']');
  }
};

void run(const rpc_request& x, const operation_caller& call,
         std::function<void(std::string)> done) {
  if (!x.refused.empty())
    return done(x.notification ? std::string{} : x.refused);
  call(*x.what, x.params,
       [id = x.id, silent = x.notification,
        done = std::move(done)](operation_answer y) {
         done(silent ? std::string{} : answer_text(id, y));
       });
}

} // namespace

void handle_rpc(const std::string& body, const operation_caller& call,
                std::function<void(std::string)> done) {
  auto document = parse_json(body, body_limits);
  if (!document)
    return done(error_text(nullptr, parse_error, document.error().message,
                           problem_members(document.error(), {})));
  if (!document->is_array())
    return run(read_request(*document), call, std::move(done));
  auto& requests = document->get_array();
  if (requests.empty() || requests.size() > max_batch)
    return done(error_text(nullptr, invalid_request,
                           "a batch must hold between 1 and 32 requests"));
  auto gathered = std::make_shared<batch>(requests.size(), std::move(done));
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto request = read_request(requests[i]);
    run(request, call, [gathered, i, request](std::string x) {
      gathered->put(i, request, std::move(x));
    });
  }
}

} // namespace signalbox
