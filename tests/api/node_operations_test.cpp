#include <boost/test/unit_test.hpp>

#include "tests/api/operation_bench.hpp"

namespace signalbox::test {

namespace {

struct node_bench : operation_bench {
  operation_answer put(const std::string& id, json::object more = {}) {
    more["node_id"] = id;
    return call("PutNode", std::move(more));
  }

  /// Why it is refused; `ok` if it is not.
  std::string why_not(const std::string& id, json::object more = {}) {
    const auto x = put(id, std::move(more));
    return x.failed ? std::string{to_string(x.failed->code)} : "ok";
  }

  json::array list() {
    return json::parse(*call("ListNodes", {}).body).as_array();
  }

  const json::object off{{"active", false}};
  const std::string another = std::string(32, '7');
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(node_operations, node_bench)

BOOST_AUTO_TEST_CASE(a_node_is_listed_with_its_keys_of_the_keyset) {
  const auto all = list();
  BOOST_REQUIRE_EQUAL(all.size(), 1U);
  const auto& own = all[0].as_object();
  BOOST_TEST(own.at("node_id").as_string() == facts.node.hex());
  BOOST_TEST(own.at("active").as_bool());
  BOOST_REQUIRE_EQUAL(own.at("keys").as_array().size(), 1U);
  const auto& key = own.at("keys").as_array()[0].as_object();
  BOOST_TEST(key.at("key_id").as_string() ==
             facts.keys.first.public_part().key_id().hex());
  BOOST_TEST(key.at("role").as_string() == "seal");
  BOOST_TEST(key.at("status").as_string() == "active");
}

BOOST_AUTO_TEST_CASE(a_node_is_added_taken_out_and_brought_back) {
  for (const bool active : {true, false, true}) {
    const auto answer = put(another, {{"active", active}});
    BOOST_REQUIRE(!answer.failed);
    BOOST_TEST(!answer.token.empty());
    const auto& row =
        seen().access->principals.at(*principal_id::from_hex(another));
    BOOST_TEST(row.active == active);
    BOOST_TEST(row.roles == static_cast<role_mask>(role::node));
    const auto size = seen().size;
    BOOST_TEST(why_not(another, {{"active", active}}) == "ok"); // as it is
    BOOST_TEST(seen().size == size);
  }
  BOOST_TEST(list().size() == 2U);
}

BOOST_AUTO_TEST_CASE(nobody_but_a_node_becomes_one_and_one_node_stays) {
  BOOST_TEST(why_not(facts.administrator.hex()) == "conflict");
  BOOST_TEST(why_not(facts.publisher.hex(), off) == "conflict");
  BOOST_TEST(why_not(another, off) == "not_found");
  BOOST_TEST(why_not(facts.node.hex(), off) == "conflict"); // the only one
  BOOST_TEST(why_not(another) == "ok");
  // The other one has no keys, and could not go on alone.
  BOOST_TEST(why_not(facts.node.hex(), off) == "conflict");
  BOOST_TEST(why_not(another, off) == "ok");
}

BOOST_AUTO_TEST_CASE(what_is_no_node_id_is_refused) {
  for (const auto* wrong : {"", "7", "zz", "../tokens"})
    BOOST_TEST(why_not(wrong) == "bad_request");
  BOOST_TEST(why_not(std::string(32, '0')) == "bad_request");
  BOOST_TEST(why_not(another, {{"active", "maybe"}}) == "bad_request");
  BOOST_TEST(why_not(another, {{"active", nullptr}}) == "ok"); // not given
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox::test
