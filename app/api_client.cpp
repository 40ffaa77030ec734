#include "app/api_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/object.hpp>
#include <boost/url.hpp>

#include "api/error_table.hpp"
#include "app/client_stream.hpp"
#include "app/server_address.hpp"
#include "app/terminal_text.hpp"

namespace signalbox {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace urls = boost::urls;

namespace {

/// An artifact of 256 KiB twice over, a list of many tokens.
constexpr std::size_t answer_limit = 16 * 1024 * 1024;
constexpr json_limits answer_json{answer_limit, 64};

using request = http::request<http::string_body>;
using response = http::response<http::string_body>;

/// Runs one asynchronous step to its end, so that its time-out works; a
/// blocking read has none. Throws what it failed with.
template <class Start>
void run_step(asio::io_context& context, Start start) {
  beast::error_code failed;
  start([&](beast::error_code e, auto&&...) { failed = e; });
  context.restart();
  context.run();
  if (failed)
    throw beast::system_error{failed};
}

void open_stream(asio::io_context& context, client_stream& stream,
                 const server_address& to, const std::string& url) {
  boost::system::error_code unknown;
  const auto at = find_server(context, to, unknown);
  if (unknown)
    throw boost::system::system_error{unknown};
  try {
    run_step(context, [&](auto done) { stream.async_open(at, done); });
  } catch (const boost::system::system_error&) {
    if (auto why = stream.distrust(url))
      throw std::move(*why);
    throw;
  }
}

response exchange(const api_config& config, const server_address& to,
                  const request& x) {
  asio::io_context context;
  client_stream stream{context, to, config.ca_file};
  stream.socket().expires_after(config.timeout);
  open_stream(context, stream, to, config.url);
  run_step(context, [&](auto done) { http::async_write(stream, x, done); });
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(answer_limit);
  run_step(context,
           [&](auto done) { http::async_read(stream, buffer, parser, done); });
  beast::error_code ignored;
  stream.socket().socket().shutdown(asio::ip::tcp::socket::shutdown_both,
                                    ignored);
  return parser.release();
}

failure unreachable(const std::string& url, const std::string& why) {
  return {errc::unavailable,
          "no answer from " + url + " (" + why +
              "): is the server running, and is SIGNALBOX_URL or --url right?"};
}

/// The target of `<TARGET>; rel="next"` (RFC 8288), the one link that we send.
std::string next_page(std::string_view link) {
  const auto end = link.find(">; rel=\"next\"");
  if (!link.starts_with('<') || end == std::string_view::npos)
    return {};
  return std::string{link.substr(1, end - 1)};
}

std::string text_of(const json::object& x, std::string_view name) {
  auto* value = x.if_contains(name);
  return value != nullptr && value->is_string()
             ? std::string{value->get_string()}
             : std::string{};
}

} // namespace

namespace {

/// What path_of joined.
std::vector<std::string> segments_of(const std::string& path) {
  std::vector<std::string> out;
  for (auto piece : urls::segments_encoded_view{path})
    out.push_back(piece.decode());
  return out;
}

} // namespace

struct api_client::call {
  http::verb method = http::verb::get;
  std::string path;
  parameters query = {};
  std::string body = {};
  std::string idempotency_key = {};
};

result<api_answer> api_client::run(const call& x) const {
  problem_.clear();
  auto to = parse_server_address(config_.url);
  if (!to)
    return to.error();
  urls::url target{to->prefix + "/v1/ledgers/" + path_of({config_.ledger}) +
                   '/' + x.path};
  for (auto& [name, value] : x.query)
    target.params().append({name, value});
  request out{x.method, std::string{target.encoded_resource()}, 11};
  out.set(http::field::host, to->authority);
  out.set(http::field::user_agent, "signalbox/" SIGNALBOX_VERSION);
  out.set(http::field::connection, "close");
  if (!config_.token.empty())
    out.set(http::field::authorization, "Bearer " + config_.token);
  if (!x.idempotency_key.empty())
    out.set("Idempotency-Key", x.idempotency_key);
  if (!x.body.empty())
    out.set(http::field::content_type, "application/json");
  out.body() = x.body;
  out.prepare_payload();
  try {
    auto in = exchange(config_, *to, out);
    auto location = std::string{in[http::field::location]};
    return api_answer{in.result_int(), std::move(in.body()),
                      std::string{in["Signalbox-Token"]},
                      location.empty() ? next_page(in[http::field::link])
                                       : std::move(location)};
  } catch (const failure& why) {
    return why;
  } catch (const boost::system::system_error& e) {
    return unreachable(config_.url, e.code().message());
  }
}

result<api_answer> api_client::checked(const call& x) const {
  auto out = run(x);
  if (out)
    if (auto why = failure_of(x.path, *out))
      return *why;
  return out;
}

result<api_answer> api_client::get(const std::string& path,
                                   const parameters& query) const {
  return checked({http::verb::get, path, query});
}

result<api_answer> api_client::remove(const std::string& path,
                                      const parameters& query) const {
  return checked({http::verb::delete_, path, query});
}

result<api_answer> api_client::put(const std::string& path,
                                   const json::object& body) const {
  return checked({http::verb::put, path, {}, to_canonical(body)});
}

result<api_answer> api_client::put_raw(const std::string& path,
                                       const json::object& body) const {
  return run({http::verb::put, path, {}, to_canonical(body)});
}

result<api_answer>
api_client::post_raw(const std::string& path, const json::object& body,
                     const std::string& idempotency_key) const {
  return run({http::verb::post, path, {}, to_canonical(body), idempotency_key});
}

result<api_answer> api_client::post(const std::string& path,
                                    const json::object& body,
                                    const std::string& idempotency_key) const {
  return checked(
      {http::verb::post, path, {}, to_canonical(body), idempotency_key});
}

std::optional<failure> api_client::failure_of(const std::string& path,
                                              const api_answer& x) const {
  problem_.clear();
  if (x.status == 202)
    return failure{errc::pending,
                   "the command has no outcome yet; ask the server for " +
                       x.location};
  if (x.status < 400)
    return std::nullopt;
  auto document = parse_json(x.body, answer_json);
  if (!document || !document->is_object())
    return failure{errc::unavailable, "the server answered " +
                                          std::to_string(x.status) +
                                          " without a reason: is this a "
                                          "Signalbox server?"};
  problem_ = x.body;
  auto& problem = document->get_object();
  return in_our_words({lookup(text_of(problem, "code")).code,
                       to_visible_line(text_of(problem, "detail")),
                       to_visible_line(text_of(problem, "pointer"))},
                      {segments_of(path), config_.ledger,
                       config_.token.empty() ? "" : config_.token_source,
                       config_.words,
                       to_visible_line(text_of(problem, "version")),
                       to_visible_line(text_of(problem, "artifact_id"))});
}

std::string path_of(const std::vector<std::string>& segments) {
  std::string out;
  for (auto& x : segments) {
    if (!out.empty())
      out += '/';
    out += urls::encode(x, urls::unreserved_chars);
  }
  return out;
}

result<json::value> json_of(const api_answer& x) {
  auto out = parse_json(x.body, answer_json);
  if (!out)
    return failure{errc::unavailable,
                   "the answer is no JSON: is this a Signalbox server?"};
  return out;
}

} // namespace signalbox
