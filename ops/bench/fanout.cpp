// Thousands of subscribers of one profile on the loopback, on one thread with
// epoll: how long a publish takes to reach the last of them, what an idle one
// costs the server, and how long it takes until all are current again after
// all were cut at once and a change was made meanwhile. Each round publishes
// three times:
//
//     p50, p99   while this thread sleeps until something comes
//     awake_*    while it never sleeps: to wake it is charged to the server
//     ask_*      while it asks for the artifact again and again: how long a
//                GetConfig takes that comes in the middle
//
//     bench_fanout PORT TOKEN SERVER_PID SUBSCRIBERS ROUNDS
//
// Prints one "NAME VALUE" a line: milliseconds, bytes, seconds.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using clock_type = std::chrono::steady_clock;

constexpr int patience_ms = 60'000;
constexpr std::string_view profile =
    "/v1/ledgers/main/clients/claude-code/profiles/default/publish";

double seconds_since(clock_type::time_point x) {
  return std::chrono::duration<double>(clock_type::now() - x).count();
}

[[noreturn]] void fail(const std::string& why) {
  throw std::runtime_error{why + ": " + std::strerror(errno)};
}

/// One connection and what it waits for.
struct connection {
  int fd = -1;
  bool connecting = false;
  std::string request;
  std::string seen;  ///< until the awaited mark has come
  std::string token; ///< of the last event
};

class load {
 public:
  load(std::uint16_t port, std::string token, std::size_t subscribers)
      : port_{port}, token_{std::move(token)},
        subscribers_(subscribers), epoll_{::epoll_create1(0)} {}

  /// Connects all, each from where it was before; returns when all of them are
  /// current.
  void connect_all() {
    for (std::size_t i = 0; i < subscribers_.size(); ++i)
      open(subscribers_[i], i, subscribe_request(subscribers_[i]));
    std::size_t current = 0;
    run(
        [&](connection& x, std::string_view bytes) {
          if (bytes.empty())
            throw std::runtime_error{"a subscriber was refused: " + x.seen};
          x.seen += bytes;
          const auto at = x.seen.find("event: current\n");
          if (at == x.seen.npos || !x.seen.ends_with("\n\n"))
            return;
          const auto id = x.seen.rfind("id: ");
          x.token = x.seen.substr(id + 4, x.seen.find('\n', id) - id - 4);
          std::string{}.swap(x.seen);
          ++current;
        },
        [&] { return current == subscribers_.size(); });
  }

  void close_all() {
    for (auto& x : subscribers_)
      ::close(std::exchange(x.fd, -1));
  }

  /// Milliseconds from the request's first byte until the last subscriber has
  /// the whole event.
  double publish_to_all(int round) {
    std::size_t have = 0;
    bool answered = false;
    double took = 0;
    const auto begun = clock_type::now();
    send_publish(round);
    run(
        [&](connection& x, std::string_view bytes) {
          if (bytes.empty())
            throw std::runtime_error{"a connection was closed"};
          if (&x == &publisher_)
            answered = is_accepted(bytes) || answered;
          else if (&x == &asker_)
            note_answer(bytes, have < subscribers_.size());
          else
            have += note_event(x, bytes);
          if (took == 0 && have == subscribers_.size())
            took = seconds_since(begun) * 1e3;
        },
        [&] { return took > 0 && answered && !asking_; });
    return took;
  }

  /// The same while GetConfig is asked for without a pause; what each answer
  /// took goes to `asked`.
  void publish_and_ask(int round, std::vector<double>& asked) {
    asked_ = &asked;
    ask();
    publish_to_all(round);
  }

  void stay_awake(bool x) { awake_ = x; }

  /// Publishes while nobody listens.
  void publish(int round) {
    bool answered = false;
    send_publish(round);
    run(
        [&](connection&, std::string_view bytes) {
          answered = is_accepted(bytes) || answered;
        },
        [&] { return answered; });
  }

  void open_others() {
    open(publisher_, subscribers_.size(), "");
    open(asker_, subscribers_.size() + 1, "");
  }

 private:
  static bool is_accepted(std::string_view bytes) {
    if (bytes.starts_with("HTTP/1.1 ") && !bytes.starts_with("HTTP/1.1 201"))
      throw std::runtime_error{"not published: " + std::string{bytes}};
    return bytes.starts_with("HTTP/1.1 201");
  }

  void ask() {
    const std::string text =
        "GET /v1/ledgers/main/clients/claude-code/profiles/default/config "
        "HTTP/1.1\r\nHost: bench\r\n\r\n";
    asking_ = true;
    asked_at_ = clock_type::now();
    if (::send(asker_.fd, text.data(), text.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(text.size()))
      fail("send");
  }

  /// An answer of some KiB comes in one piece over the loopback.
  void note_answer(std::string_view bytes, bool go_on) {
    if (!bytes.starts_with("HTTP/1.1 200"))
      throw std::runtime_error{"not answered: " + std::string{bytes}};
    asked_->push_back(seconds_since(asked_at_) * 1e3);
    asking_ = false;
    if (go_on)
      ask();
  }

  /// 1 if these bytes end an event. A subscriber resumes after the last one.
  static std::size_t note_event(connection& x, std::string_view bytes) {
    if (bytes == ":\n\n")
      return 0;
    constexpr std::string_view id = "id: ";
    if (bytes.starts_with(id))
      x.token = bytes.substr(id.size(), bytes.find('\n') - id.size());
    return bytes.ends_with("\n\n") ? 1 : 0;
  }

  std::string subscribe_request(const connection& x) const {
    return "GET /v1/ledgers/main/subscribe?client_id=claude-code&profile="
           "default&since_token=" +
           (x.token.empty() ? "now" : x.token) +
           " HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n";
  }

  void send_publish(int round) {
    const auto body =
        R"({"draft_payload":{"mcpServers":{"docs":{"command":"docs-mcp","args":["--round",")" +
        std::to_string(round) + R"("]}}},"changelog":"Measure the fan-out"})";
    const auto text = "POST " + std::string{profile} +
                      " HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer " +
                      token_ +
                      "\r\nContent-Length: " + std::to_string(body.size()) +
                      "\r\n\r\n" + body;
    if (::send(publisher_.fd, text.data(), text.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(text.size()))
      fail("send");
  }

  void open(connection& x, std::size_t number, std::string request) {
    x.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (x.fd < 0)
      fail("socket");
    const int on = 1;
    ::setsockopt(x.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port_);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(x.fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0 &&
        errno != EINPROGRESS)
      fail("connect");
    x.connecting = true;
    x.request = std::move(request);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT;
    event.data.u64 = number;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, x.fd, &event) != 0)
      fail("epoll_ctl");
  }

  void finish_connect(connection& x, std::uint64_t number) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(x.fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
      errno = error;
      fail("connect");
    }
    x.connecting = false;
    if (!x.request.empty() &&
        ::send(x.fd, x.request.data(), x.request.size(), MSG_NOSIGNAL) < 0)
      fail("send");
    std::string{}.swap(x.request);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = number;
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, x.fd, &event);
  }

  using reader = std::function<void(connection&, std::string_view)>;

  void run(const reader& on_bytes, const std::function<bool()>& is_done) {
    std::vector<epoll_event> events(1024);
    std::vector<char> buffer(64 * 1024);
    while (!is_done()) {
      const auto n =
          ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                       awake_ ? 0 : patience_ms);
      if (n == 0 && !awake_)
        throw std::runtime_error{"nothing came for a minute"};
      for (int i = 0; i < n; ++i) {
        const auto number = events[static_cast<std::size_t>(i)].data.u64;
        auto& x = number < subscribers_.size()    ? subscribers_[number]
                  : number == subscribers_.size() ? publisher_
                                                  : asker_;
        if (x.connecting)
          finish_connect(x, number);
        const auto got = ::recv(x.fd, buffer.data(), buffer.size(), 0);
        if (got < 0 && errno != EAGAIN && errno != EINTR)
          fail("recv");
        if (got >= 0)
          on_bytes(x, {buffer.data(), static_cast<std::size_t>(got)});
      }
    }
  }

  const std::uint16_t port_;
  const std::string token_;
  std::vector<connection> subscribers_;
  connection publisher_;
  connection asker_;
  std::vector<double>* asked_ = nullptr;
  clock_type::time_point asked_at_;
  bool asking_ = false;
  bool awake_ = false;
  int epoll_;
};

std::size_t resident_bytes(const std::string& pid) {
  std::ifstream in{"/proc/" + pid + "/status"};
  std::string word;
  while (in >> word)
    if (word == "VmRSS:") {
      std::size_t kib = 0;
      in >> kib;
      return kib * 1024;
    }
  throw std::runtime_error{"the server is gone"};
}

void raise_open_files(std::size_t wanted) {
  rlimit x{};
  ::getrlimit(RLIMIT_NOFILE, &x);
  x.rlim_cur = x.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &x);
  if (x.rlim_max < wanted + 64)
    throw std::runtime_error{"too few open files are allowed (ulimit -Hn)"};
}

double percentile(std::vector<double> x, double share) {
  std::sort(x.begin(), x.end());
  const auto at =
      static_cast<std::size_t>(share * static_cast<double>(x.size()));
  return x[std::min(at, x.size() - 1)];
}

void print(const std::string& name, const std::vector<double>& x) {
  std::cout << name << "p50 " << percentile(x, 0.5) << '\n'
            << name << "p99 " << percentile(x, 0.99) << '\n';
}

void measure(char** words) {
  const auto count = std::stoul(words[4]);
  const auto rounds = std::stoi(words[5]);
  raise_open_files(count);
  load all{static_cast<std::uint16_t>(std::stoi(words[1])), words[2], count};
  all.open_others();
  all.publish(-2);
  const auto before = resident_bytes(words[3]);
  auto begun = clock_type::now();
  all.connect_all();
  std::cout << "connect " << seconds_since(begun) << '\n';
  const auto idle = resident_bytes(words[3]) - before;
  std::cout << "idle " << static_cast<double>(idle) / static_cast<double>(count)
            << '\n';
  std::vector<double> times, awake, asked;
  for (int i = 0; i < rounds; ++i) {
    times.push_back(all.publish_to_all(3 * i));
    all.stay_awake(true);
    awake.push_back(all.publish_to_all(3 * i + 1));
    all.publish_and_ask(3 * i + 2, asked);
    all.stay_awake(false);
  }
  print("", times);
  print("awake_", awake);
  print("ask_", asked);
  std::cout << "ask_max " << percentile(asked, 1) << '\n';
  all.close_all();
  all.publish(-1);
  begun = clock_type::now();
  all.connect_all();
  std::cout << "reconnect " << seconds_since(begun) << std::endl;
}

} // namespace

int main(int count, char** words) try {
  if (count != 6)
    throw std::runtime_error{
        "usage: bench_fanout PORT TOKEN SERVER_PID SUBSCRIBERS ROUNDS"};
  measure(words);
  return 0;
} catch (const std::exception& x) {
  std::fprintf(stderr, "bench_fanout: %s\n", x.what());
  return 1;
}
