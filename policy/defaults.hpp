#pragma once

#include <cstddef>

namespace signalbox::policy_defaults {

/// Findings of one check that a report keeps.
inline constexpr std::size_t max_findings = 50;

/// Bytes of a payload's string or key if a pattern of the schema repeats
/// without a bound: the standard library's matcher recurses once a repetition.
/// Bounded repetitions go to 1,000 at most, since RE2 accepts no more.
inline constexpr std::size_t max_pattern_subject = 1024;

/// Ways to match one subject that a schema's pattern may have, at worst, in a
/// backtracking matcher, each of which takes a time in the subject's size: two
/// repetitions of one character beside each other pass, three do not.
inline constexpr double max_pattern_ways = 20'000;

/// Bytes of a family's descriptor.
inline constexpr std::size_t max_descriptor = 64 * 1024;

/// Elements of a descriptor's lists: schemas, profiles, places. All schemas
/// stand in one envelope of 32 KiB.
inline constexpr std::size_t max_list = 64;

/// Expressions of a descriptor that every string is searched for.
inline constexpr std::size_t max_input_patterns = 16;

/// Tags of a profile's environment.
inline constexpr std::size_t max_tags = 16;

/// Bytes of a name, a media type or a version range of a descriptor.
inline constexpr std::size_t max_label = 128;

/// Bytes of what a deprecation says to people.
inline constexpr std::size_t max_notice = 512;

/// Parameters of a template, and bytes of a text that is given for one.
inline constexpr std::size_t max_parameters = 64;
inline constexpr std::size_t max_parameter_text = 4096;

/// Schemas that validation applies along one path of a payload, at worst: by
/// references to each other a small schema could ask for any number.
inline constexpr double max_schema_cost = 20'000;

/// Elements of a list in a schema: some keywords compare each with each.
inline constexpr std::size_t max_schema_list = 1000;

/// About the states of the automata of all patterns of a schema.
inline constexpr double max_pattern_states = 20'000;

/// Work that checking one payload may be: the schema's cost times the values of
/// the payload, some seconds at worst. The costliest schema that is taken
/// leaves room for 1,000 values.
inline constexpr double max_validation = 20'000'000;

/// Bytes that default values may add to a payload.
inline constexpr std::size_t max_defaulted = 256 * 1024;

/// Bytes of a key that a report's pointer repeats.
inline constexpr std::size_t max_shown_key = 256;

/// Bytes of a schema.
inline constexpr std::size_t max_schema = 256 * 1024;

/// Bytes of a client's file, as of a payload (records: one limit for every
/// engine).
inline constexpr std::size_t max_rendered = 256 * 1024;

/// Bytes of memory that the automaton of all secret shapes may take.
inline constexpr std::size_t shape_memory = 64 * 1024 * 1024;

/// Shorter runs of letters and digits are never taken for an opaque secret.
inline constexpr std::size_t min_opaque = 20;

/// Largest number in a semantic version that is accepted.
inline constexpr unsigned long long max_version_number = 999'999'999'999ULL;

/// Bytes of a semantic version.
inline constexpr std::size_t max_version = 128;

/// Bytes of a policy set, its samples included.
inline constexpr std::size_t max_policy_set = 64 * 1024;

inline constexpr std::size_t max_rules = 256;

/// Entries of one list of a rule.
inline constexpr std::size_t max_entries = 256;

/// Bytes of one entry of a list, and stars in it.
inline constexpr std::size_t max_glob = 256;
inline constexpr int max_stars = 8;

/// Bytes of a rule's message.
inline constexpr std::size_t max_message = 1024;

/// Tokens of a place that a rule names.
inline constexpr std::size_t max_place = 16;

inline constexpr std::size_t max_samples = 64;

} // namespace signalbox::policy_defaults
