#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/api_failure.hpp"
#include "events/errors.hpp"
#include "events/json.hpp"

namespace signalbox {

/// Where a server is and who calls.
struct api_config {
  std::string url = "http://127.0.0.1:8470";
  std::string ledger = "main";
  std::string ca_file;      ///< who signs for https; empty: the system's
  std::string token;        ///< empty: none
  std::string token_source; ///< what names it in messages
  std::chrono::seconds timeout{30};
  vocabulary words = vocabulary::options; ///< of failures
};

struct api_answer {
  unsigned status = 0;
  std::string body;
  std::string token;    ///< Signalbox-Token
  std::string location; ///< of a pending command, or of the next page
};

/// A small blocking HTTP client for the commands; one connection a call.
class api_client {
 public:
  explicit api_client(api_config config) : config_{std::move(config)} {}

  using parameters = std::vector<std::pair<std::string, std::string>>;

  /// `path` is below /v1/ledgers/{ledger}, its parts encoded by path_of.
  /// Errors: `unavailable` (no connection, or it broke), `bad_request` (the
  /// URL), and whatever the server answered as a problem.
  result<api_answer> get(const std::string& path,
                         const parameters& query = {}) const;
  result<api_answer> post(const std::string& path, const json::object& body,
                          const std::string& idempotency_key = {}) const;
  result<api_answer> put(const std::string& path,
                         const json::object& body) const;
  result<api_answer> remove(const std::string& path,
                            const parameters& query = {}) const;

  /// Like put and post, but a problem is an answer: the caller reads its
  /// report.
  result<api_answer> put_raw(const std::string& path,
                             const json::object& body) const;
  result<api_answer> post_raw(const std::string& path, const json::object& body,
                              const std::string& idempotency_key = {}) const;

  const api_config& config() const { return config_; }

  /// The failure that an answer to a call of this path stands for, in the
  /// words of the commands; nullopt for one that succeeded.
  std::optional<failure> failure_of(const std::string& path,
                                    const api_answer& x) const;

  /// The problem details behind the failure that was returned last, as the
  /// server gave them; empty if it did not.
  const std::string& problem() const { return problem_; }

 private:
  struct call;
  result<api_answer> run(const call& x) const;
  result<api_answer> checked(const call& x) const;

  api_config config_;
  mutable std::string problem_;
};

/// Joins and percent-encodes path segments.
std::string path_of(const std::vector<std::string>& segments);

/// The JSON of an answer. Errors: `unavailable` (not a Signalbox server).
result<json::value> json_of(const api_answer& x);

} // namespace signalbox
