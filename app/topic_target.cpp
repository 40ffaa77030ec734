#include <algorithm>
#include <chrono>
#include <thread>

#include "app/copy_target.hpp"
#include "app/folded_log.hpp"
#include "events/envelope.hpp"
#include "events/record.hpp"
#include "storage/kafka_bulk_writer.hpp"
#include "storage/kafka_log.hpp"

namespace signalbox {

namespace {

/// How long a topic that a copy broke off in must have been quiet before the
/// next goes on there: what was on its way then has arrived, or never will.
constexpr std::chrono::milliseconds quiet_for{2000};

/// Whose records the topic holds.
enum class topic_state { absent, being_copied, taking_decisions };

class topic_target final : public copy_target {
 public:
  topic_target(rocksdb_database::pointer database, topic_plan plan)
      : database_{std::move(database)}, plan_{std::move(plan)},
        topic_{kafka_topic(plan_.kafka, decisions_stream)} {}

  result<void> open(earlier_copy earlier) {
    auto state = look();
    if (!state)
      return state.error();
    if (auto made = prepare(*state, earlier); !made)
      return made;
    auto log = kafka_log::open({.settings = plan_.kafka,
                                .database = database_,
                                .writes = false,
                                .stamps = stamps_});
    if (!log)
      return log.error();
    log_ = std::move(*log);
    return *state == topic_state::being_copied ? await_quiet()
                                               : log_->catch_up(nullptr);
  }

  result<void> add(const event_log& source, std::uint64_t until,
                   const log_progress& progress) override {
    if (auto same = compare(source, until); !same)
      return same;
    if (stamps_ == kafka_timestamps::create && to_integer(log_->end()) > until)
      return holds_others();
    if (to_integer(log_->end()) >= until)
      return {};
    if (stamps_ == kafka_timestamps::append)
      return failure{errc::conflict, "topic " + topic_ +
                                         " takes decisions already, and lacks "
                                         "some of this ledger's: it is not "
                                         "the one that was copied to"};
    if (auto sent = send(source, until, progress); !sent)
      return sent;
    if (auto read = log_->catch_up(nullptr); !read)
      return read;
    return to_integer(log_->end()) == until ? result<void>{} : holds_others();
  }

  const event_log& log() const override { return *log_; }

  result<void> open_for_decisions() override {
    const kafka_topics topics{plan_.kafka};
    if (auto done = topics.change(topic_, take_decisions_config()); !done)
      return done;
    auto facts = topics.describe(topic_);
    if (!facts)
      return facts.error();
    if (auto verdict = judge_decisions(*facts); !verdict.dangers.empty())
      return failure{errc::read_only,
                     "topic " + topic_ +
                         " could lose decisions: " + join(verdict.dangers)};
    return {};
  }

 private:
  result<topic_state> look() const {
    auto facts = kafka_topics{plan_.kafka}.describe(topic_);
    if (!facts && facts.error().code == errc::not_found)
      return topic_state::absent;
    if (!facts)
      return facts.error();
    return judge_decisions(*facts, kafka_timestamps::create).dangers.empty()
               ? topic_state::being_copied
               : topic_state::taking_decisions;
  }

  /// What an earlier copy had sent when it was killed may still arrive. Should
  /// it come later than this, the comparison refuses the topic.
  result<void> await_quiet() {
    using clock = std::chrono::steady_clock;
    auto end = log_->end();
    for (auto since = clock::now(); clock::now() - since < quiet_for;) {
      if (auto read = log_->catch_up(nullptr); !read)
        return read;
      if (log_->end() != end)
        since = clock::now();
      end = log_->end();
      std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    return {};
  }

  result<void> prepare(topic_state state, earlier_copy earlier) {
    ledger_topics topics{plan_};
    result<void> done;
    switch (state) {
    case topic_state::absent:
      done = earlier == earlier_copy::finish
                 ? failure{errc::not_found,
                           "there is no topic " + topic_ +
                               ", but the ledger was moved to it: name the "
                               "Kafka settings that the copy was begun with"}
                 : topics.make(kafka_timestamps::create);
      break;
    case topic_state::being_copied:
      done = topics.complete();
      break;
    case topic_state::taking_decisions:
      if (earlier != earlier_copy::finish)
        done = failure{errc::conflict,
                       "topic " + topic_ +
                           " is there, and no unfinished copy: name another "
                           "with signalbox.ledger in the Kafka settings"};
      stamps_ = kafka_timestamps::append;
      break;
    }
    if (done)
      topics.keep();
    return done;
  }

  /// Whether what is here is the beginning of the source.
  result<void> compare(const event_log& source, std::uint64_t until) const {
    const auto here = std::min(to_integer(log_->end()), until);
    auto mine = digest_records(*log_, here);
    auto other = digest_records(source, here);
    if (!mine || !other)
      return mine ? other.error() : mine.error();
    if (*mine == *other)
      return {};
    return holds_others();
  }

  failure holds_others() const {
    return failure{errc::conflict,
                   "topic " + topic_ +
                       " holds other records than this ledger: name another "
                       "with signalbox.ledger in the Kafka settings, or delete "
                       "the topic if nobody needs it"};
  }

  result<void> send(const event_log& source, std::uint64_t until,
                    const log_progress& progress);

  rocksdb_database::pointer database_;
  topic_plan plan_;
  std::string topic_;
  kafka_timestamps stamps_ = kafka_timestamps::create;
  std::unique_ptr<kafka_log> log_;
};

result<void> topic_target::send(const event_log& source, std::uint64_t until,
                                const log_progress& progress) {
  auto writer = kafka_bulk_writer::open(plan_.kafka, topic_);
  if (!writer)
    return writer.error();
  result<void> sent;
  auto read = source.read(log_->end(), [&](const log_entry_view& x) {
    if (to_integer(x.index) >= until)
      return false;
    auto command = decode_envelope(envelope_of(x.record));
    sent = (*writer)->add(x.record, command ? command->aggregate : "",
                          x.append_time);
    if (progress)
      progress(to_integer(x.index), until);
    return sent.has_value();
  });
  if (sent && read)
    sent = (*writer)->finish();
  return sent ? read : sent;
}

} // namespace

result<std::unique_ptr<copy_target>>
copy_to_kafka(rocksdb_database::pointer database, const topic_plan& plan,
              earlier_copy earlier) {
  auto out = std::make_unique<topic_target>(std::move(database), plan);
  if (auto opened = out->open(earlier); !opened)
    return opened.error();
  return std::unique_ptr<copy_target>{std::move(out)};
}

} // namespace signalbox
