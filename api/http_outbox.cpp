#include "api/http_outbox.hpp"

#include <cassert>

namespace signalbox {

void http_outbox::put(std::string_view piece) {
  assert(count_ < max_pieces);
  if (!piece.empty())
    pieces_[count_++] = {const_cast<char*>(piece.data()), piece.size()};
}

http_outbox::outcome http_outbox::send(http_transport& to, std::size_t& sent) {
  while (first_ < count_) {
    std::size_t n = 0;
    const auto said = to.send({&pieces_[first_], count_ - first_}, n);
    if (said == http_transport::outcome::wait_writable)
      return outcome::blocked;
    if (said != http_transport::outcome::done)
      return outcome::broken;
    sent += n;
    drop(n);
  }
  clear();
  return outcome::done;
}

void http_outbox::drop(std::size_t n) {
  while (n > 0 && n >= pieces_[first_].iov_len)
    n -= pieces_[first_++].iov_len;
  if (n > 0) {
    auto& piece = pieces_[first_];
    piece.iov_base = static_cast<char*>(piece.iov_base) + n;
    piece.iov_len -= n;
  }
}

void http_outbox::persist(std::shared_ptr<const void> keep) {
  std::string copy;
  const auto end = keep ? count_ - 1 : count_;
  for (auto i = first_; i < end; ++i)
    copy.append(static_cast<const char*>(pieces_[i].iov_base),
                pieces_[i].iov_len);
  const auto last = pieces_[count_ - 1];
  const bool has_last = keep != nullptr && first_ < count_;
  copied_ = std::move(copy);
  keep_ = std::move(keep);
  first_ = count_ = 0;
  put(copied_);
  if (has_last)
    put({static_cast<const char*>(last.iov_base), last.iov_len});
}

void http_outbox::clear() {
  first_ = count_ = 0;
  if (keep_ || !copied_.empty()) {
    keep_.reset();
    copied_ = {};
  }
}

} // namespace signalbox
