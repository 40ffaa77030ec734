#include "api/rpc.hpp"

#include <functional>
#include <vector>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

namespace signalbox {

namespace {

/// Answers each call with its parameters, at once or when told to.
struct rpc_bench {
  std::vector<std::function<void()>> held;
  bool holds = false;

  json::value ask(const std::string& body) {
    json::value out;
    send(body, [&](const std::string& x) {
      out = x.empty() ? json::value{} : json::parse(x);
    });
    return out;
  }

  void send(const std::string& body, std::function<void(std::string)> done) {
    handle_rpc(
        body,
        [this](const operation& what, json::object params,
               operation_reply reply) {
          auto answer = [name = std::string{what.name}, params, reply] {
            if (params.contains("fail"))
              return reply(answer_failure({errc::not_found, "not there"}));
            if (params.contains("large"))
              return reply(answer_json(json::string(1 << 20, 'x')));
            reply(answer_json(json::object{{"name", name}, {"got", params}}));
          };
          holds ? held.push_back(answer) : answer();
        },
        std::move(done));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(rpc_calls, rpc_bench)

BOOST_AUTO_TEST_CASE(parameters_by_position_get_their_names) {
  const auto x = ask(
      R"({"jsonrpc":"2.0","id":1,"method":"GetSchema","params":["c","1"]})");
  BOOST_TEST(x.at("result").at("name") == "GetSchema");
  const json::object named{{"client_id", "c"}, {"version", "1"}};
  BOOST_CHECK(x.at("result").at("got") == named);
  BOOST_TEST(
      ask(R"({"jsonrpc":"2.0","id":1,"method":"GetClient","params":["c",2]})")
          .at("error")
          .at("code") == -32602);
}

BOOST_AUTO_TEST_CASE(a_failure_is_an_error_with_problem_details) {
  const auto x = ask(
      R"({"jsonrpc":"2.0","id":"i","method":"GetClient","params":{"fail":1}})");
  BOOST_TEST(x.at("id") == "i");
  BOOST_TEST(x.at("error").at("code") == -32004);
  BOOST_TEST(x.at("error").at("message") == "not there");
  BOOST_TEST(x.at("error").at("data").at("code") == "not_found");
}

BOOST_AUTO_TEST_CASE(a_batch_keeps_its_order_whoever_answers_first) {
  holds = true;
  int answers = 0;
  json::value said;
  send(R"([{"jsonrpc":"2.0","id":1,"method":"ListClients"},
           {"jsonrpc":"2.0","id":2,"method":"GetKeyset"},
           {"jsonrpc":"2.0","method":"ListTokens"},
           7])",
       [&](const std::string& x) {
         ++answers;
         said = json::parse(x);
       });
  BOOST_REQUIRE_EQUAL(held.size(), 3u);
  for (auto i = held.rbegin(); i != held.rend(); ++i) {
    BOOST_TEST(answers == 0);
    (*i)();
  }
  BOOST_TEST(answers == 1);
  auto& all = said.as_array();
  BOOST_REQUIRE_EQUAL(all.size(), 3u);
  BOOST_TEST(all[0].at("id") == 1);
  BOOST_TEST(all[1].at("result").at("name") == "GetKeyset");
  BOOST_TEST(all[2].at("error").at("code") == -32600);
}

BOOST_AUTO_TEST_CASE(answers_of_a_batch_are_bounded_but_writes_are_told) {
  const auto request = [](const char* method, const char* id) {
    return std::string{R"({"jsonrpc":"2.0",)"} + id + R"("method":")" + method +
           R"(","params":{"large":true}})";
  };
  std::string body = "[";
  for (int i = 0; i < 6; ++i)
    body += request("ListClients", R"("id":1,)") + ",";
  const auto x = ask(body + request("Publish", R"("id":7,)") + "," +
                     request("ListClients", "") + "]");
  const auto& all = x.as_array();
  BOOST_REQUIRE_EQUAL(all.size(), 7u); // the notification has no answer
  BOOST_TEST(all[0].as_object().contains("result"));
  BOOST_TEST(all[5].at("error").at("code") == -32050);
  BOOST_TEST(all[5].at("id") == 1);
  BOOST_TEST(all[6].as_object().contains("result"));
}

BOOST_AUTO_TEST_CASE(what_is_no_request_is_refused_without_a_call) {
  holds = true;
  for (const auto& [body, code] : std::vector<std::pair<std::string, int>>{
           {"", -32700},
           {"{", -32700},
           {R"({"a":1,"a":2})", -32700},
           {"[]", -32600},
           {R"({"jsonrpc":"2.0","id":true,"method":"ListClients"})", -32600},
           {R"({"jsonrpc":"2.0","id":1,"method":"Nothing"})", -32601},
           {R"({"jsonrpc":"2.0","id":1,"method":"ListClients","params":1})",
            -32602}})
    BOOST_TEST(ask(body).at("error").at("code") == code, body);
  BOOST_TEST(held.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox
