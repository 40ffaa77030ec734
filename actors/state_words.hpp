#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "actors/state_places.hpp"

namespace signalbox {

/// What a node said that its fold came to.
struct state_word {
  principal_id node;
  state_hashed said;
};

/// How another node's word compares with this node's own fold.
enum class agreement {
  equal,        ///< in H and in state
  same_history, ///< in H; its rows are laid out otherwise, and so not compared
  other_state,  ///< the same history, and something else made of it
  other_history ///< another H
};

bool differs(agreement x);

agreement compare(const state_place& own, const state_hashed& said);

/// What the other nodes said last, beside what this node's own fold came to.
/// Says nothing about who is right. Runs on one thread at a time.
class state_words {
 public:
  struct judged {
    principal_id node;
    log_index index{};
    agreement verdict = agreement::equal;
    bool is_news = false; ///< the node differs, and did not before
  };

  /// Takes what a node said; compared when this node has come as far.
  void hear(const state_word& x);

  /// Compares what `own` reaches, and drops what it does not reach back to.
  /// `size`: entries folded.
  std::vector<judged> judge(const state_places& own, std::uint64_t size);

  /// Forgets the nodes that are none of the ledger any more.
  void keep(const std::function<bool(const principal_id&)>& is_member);

  /// The first word that differs and that no fold of the whole log has been
  /// held against; null if there is none.
  const state_hashed* unsettled() const;

  /// Such a fold gave what this node had, at this entry and so before it.
  void settle(log_index upto);

  /// It gave something else, which this node has now.
  void judge_again(const state_places& own);

  /// How many nodes differ.
  std::size_t alarms() const;

  /// The nodes whose history differs, unless more nodes have this one's,
  /// itself included: then this one need not stop. Empty otherwise.
  std::vector<principal_id> opponents() const;

 private:
  struct standing {
    state_hashed said;
    agreement verdict = agreement::equal;
    bool is_settled = false; ///< a fold of the whole log changed nothing
  };

  judged judge_one(const state_word& x, const state_place& own);

  std::deque<state_word> waiting_;
  std::map<principal_id, standing> last_;
};

} // namespace signalbox
