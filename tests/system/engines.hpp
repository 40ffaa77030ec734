#pragma once

#include <boost/test/unit_test.hpp>

namespace signalbox::test {

/// Decorates suites and cases that choose their ledgers' engine themselves, or
/// have no ledger. All others are run over each engine: ops/test says how.
inline boost::unit_test::decorator::description of_one_engine() {
  return boost::unit_test::decorator::description{"of one engine"};
}

} // namespace signalbox::test
