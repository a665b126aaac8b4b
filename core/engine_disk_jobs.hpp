// Threads for what a disk of ours does: jobs in order of arrival, each of them answered.
#ifndef BT_ENGINE_DISK_JOBS_HPP
#define BT_ENGINE_DISK_JOBS_HPP

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <deque>
#include <functional>
#include <libtorrent/io_context.hpp>
#include <mutex>
#include <thread>
#include <vector>

namespace bt {

// A job runs on one of the threads, or is told that it is too late; both ways it posts an answer to
// libtorrent's thread, and gives libtorrent's handler away with it: the last owner of a torrent
// must not be a disk thread. libtorrent's thread goes on running until each answer is posted.
class disk_jobs {
public:
  using action = std::function<void(bool is_late)>;

  disk_jobs(libtorrent::io_context &context, size_t thread_count) : context_(context) {
    for (size_t i = 0; i < thread_count; i++)
      threads_.emplace_back([this] { work(); });
  }
  ~disk_jobs() {
    abort(true);
  }
  disk_jobs(const disk_jobs &) = delete;
  disk_jobs &operator=(const disk_jobs &) = delete;

  // On libtorrent's thread, as is abort.
  void run(action act) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (!is_stopping_) {
        jobs_.push_back({std::move(act), boost::asio::make_work_guard(context_)});
        changed_.notify_one();
        return;
      }
    }
    act(true); // the threads may have gone
  }

  // What waits still is told that it is too late. `wait`: until all threads have ended.
  void abort(bool wait) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      is_stopping_ = true;
    }
    changed_.notify_all();
    if (!wait) return;
    for (std::thread &thread : threads_)
      thread.join();
    threads_.clear();
  }

  template <typename Answer> void post(Answer answer) {
    boost::asio::post(context_, std::move(answer));
  }

private:
  struct job {
    action act;
    boost::asio::executor_work_guard<libtorrent::io_context::executor_type> guard;
  };

  // Ends when stopping and nothing is left to be answered.
  void work() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return is_stopping_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      bool is_late = is_stopping_;
      {
        job next = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        next.act(is_late);
      }
      lock.lock();
    }
  }

  libtorrent::io_context &context_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<job> jobs_;
  bool is_stopping_ = false;
  std::vector<std::thread> threads_;
};

} // namespace bt

#endif
