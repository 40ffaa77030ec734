#include <boost/test/unit_test.hpp>

#include "projections/catalog.hpp"
#include "projections/view.hpp"
#include "tests/projections/ledger_fixture.hpp"

using namespace signalbox;
using test::ledger_fixture;

namespace {

/// A ledger with one family and one policy set, and a log that may fail.
struct catalog_world {
  ledger_fixture facts;
  bool broken = true;
  int reads = 0;
  std::vector<std::string> warnings;

  catalog_world() { facts.prepare(); }

  part_source parts() {
    return [this](log_index, std::size_t part) -> result<std::string> {
      ++reads;
      if (broken)
        return failure{errc::io, "the disk does not answer"};
      // Part 0 is the descriptor or policy set; the schema is named after
      // itself.
      return part == 0 ? std::string{"{}"} : std::string{"claude-code/1.0.0"};
    };
  }

  std::shared_ptr<const catalog> build(const catalog* before) {
    return build_catalog(facts.state, before, parts(), warnings);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(catalog_test, catalog_world)

BOOST_AUTO_TEST_CASE(a_document_that_could_not_be_read_is_read_again) {
  auto first = build(nullptr);
  BOOST_TEST(!first->is_complete());
  BOOST_TEST(first->find_family(facts.client)->text.empty());
  broken = false;
  auto second = build(first.get());
  BOOST_TEST(second->is_complete());
  BOOST_TEST(second->find_family(facts.client)->text == "{}");
}

BOOST_AUTO_TEST_CASE(a_document_that_was_read_is_not_read_again) {
  broken = false;
  auto first = build(nullptr);
  auto before = std::exchange(reads, 0);
  BOOST_TEST(before > 0);
  auto second = build(first.get());
  BOOST_TEST(second->is_complete());
  BOOST_TEST((second->families == first->families));
  // Only the schema that this build cannot use is looked at again.
  BOOST_TEST(reads < before);
}

BOOST_AUTO_TEST_CASE(views_repair_themselves_and_tell_of_it_once) {
  view_builder views{parts()};
  auto first = views.build(facts.state);
  BOOST_TEST(!views.take_warnings().empty());
  auto second = views.build(facts.state);
  BOOST_TEST(views.take_warnings().empty());
  BOOST_TEST(!second->documents->is_complete());
  broken = false;
  auto third = views.build(facts.state);
  BOOST_TEST(third->documents->is_complete());
  auto fourth = views.build(facts.state);
  BOOST_TEST((fourth->documents == third->documents));
}

BOOST_AUTO_TEST_SUITE_END()
