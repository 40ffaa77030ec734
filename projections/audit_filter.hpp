#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policy/access.hpp"
#include "projections/audit_record.hpp"

namespace signalbox {

/// What an audit query asks for (FR-13); what is not set matches everything.
struct audit_filter {
  std::optional<timestamp> from; ///< log time, inclusive
  std::optional<timestamp> to;   ///< log time, exclusive
  std::optional<std::string> client_id;
  std::optional<std::string> profile;
  std::optional<std::string> version; ///< of the artifact
  std::optional<digest> artifact;
  std::optional<principal_id> publisher; ///< who asked for it
  std::vector<std::string> kinds;        ///< empty: all
};

/// Who reads. An auditor or administrator sees every entry; a publisher or
/// operator the releases and whatever is their own; everybody else the
/// releases: publications and reverts that took effect (NFR-7).
struct audit_reader {
  enum class sight { releases, own_too, everything };
  sight sees = sight::releases;
  principal_id who;
};

audit_reader reader_of(const principal_id& who, role_mask roles);

/// Whether the reader may see the record.
bool may_see(const audit_reader& reader, const audit_record& x);

/// Whether the record is asked for. The times are the range's affair.
bool matches(const audit_filter& filter, const audit_record& x);

/// Whether only releases can be in the answer: their indexes are known without
/// reading the log.
bool only_releases(const audit_reader& reader);

/// The indexes [first, second) of a view whose log times lie in the filter's.
std::pair<std::uint64_t, std::uint64_t> range_of(const view& seen,
                                                 const audit_filter& filter);

/// Places in `changes` [first, second) of the changes with such indexes.
std::pair<std::uint64_t, std::uint64_t>
changes_within(const view& seen, std::uint64_t first, std::uint64_t last);

} // namespace signalbox
