#include "actors/encode.hpp"
#include "tests/actors/actor_world.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

struct encode_world : keeper_world {
  encode_world() { run(); }

  errc refusal(const proposal_draft& draft, const command_context& x) const {
    auto out = encode_proposal(draft, x, seen(), wall);
    return out ? errc::bug : out.error().code;
  }

  /// A keyset's event of this many bytes.
  static proposal_draft keyset_of(std::size_t bytes) {
    proposal_draft out;
    event::keyset_put put;
    put.payload = as_bytes(out.keep(std::string(bytes, ' ')));
    out.body = put;
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(encode, encode_world)

BOOST_AUTO_TEST_CASE(a_text_that_the_fold_could_not_read_is_refused_at_once) {
  auto x = context();
  x.traceparent = "00-\xff";
  BOOST_CHECK_EQUAL(refusal(new_principal("ann"), x), errc::bad_request);
  x.traceparent = "00-ok";
  BOOST_CHECK(encode_proposal(new_principal("ann"), x, seen(), wall));
}

BOOST_AUTO_TEST_CASE(an_envelope_above_the_limit_is_refused) {
  BOOST_CHECK_EQUAL(refusal(keyset_of(max_envelope_bytes), context()),
                    errc::too_large);
  BOOST_CHECK(
      encode_proposal(keyset_of(max_keyset_bytes), context(), seen(), wall));
}

BOOST_AUTO_TEST_CASE(a_record_above_the_limit_is_refused) {
  auto draft = new_principal("ann");
  draft.add_part(std::string(max_record_bytes, ' '));
  BOOST_CHECK_EQUAL(refusal(draft, context()), errc::too_large);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(encode_in_a_proposer, actor_world)

BOOST_AUTO_TEST_CASE(a_writer_of_what_cannot_be_written_is_told_at_once) {
  start();
  auto before = to_integer(log.end());
  auto x = context();
  x.traceparent = "\xc0";
  submit(told.make(std::move(x), [](const view&) {
    return result<preparation>{new_principal("ann")};
  }));
  settle();
  BOOST_CHECK_EQUAL(told.refusal(), errc::bad_request);
  BOOST_CHECK_EQUAL(to_integer(log.end()), before);
}

BOOST_AUTO_TEST_SUITE_END()
