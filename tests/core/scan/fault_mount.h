// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <string>

// A file system whose faults are known: spoken to the kernel through /dev/fuse by this process.
namespace lull::scan::testing {

enum class Faults {
  kUnknownTypes,  // sound, but a listing does not say what is a directory
  kErrors,        // the same, and besides: "eio" and "eloop", of which there is no status,
                  // "unlistable", a directory whose listing fails, and "halfway", whose second
                  // part fails
  kStuck,         // the first without faults, but opening "sub" is never answered
  kDead,          // answers nothing, as a mount whose server is gone
};

// All of them: a directory with "sub/inner" (3 blocks), "plain" (8 blocks), "link", and "fifo";
// every directory has one block.
class FaultMount {
 public:
  // On `directory`, in a mount namespace of this process alone. Before it has threads. Null if the
  // machine does not allow that.
  static std::unique_ptr<FaultMount> make(const std::string& directory, Faults faults);
  ~FaultMount();  // whoever still waits for an answer gets an error
  // Returns when somebody waits for an answer that does not come.
  void wait_until_somebody_hangs();
  FaultMount(const FaultMount&) = delete;
  FaultMount& operator=(const FaultMount&) = delete;

 private:
  struct Server;
  explicit FaultMount(std::unique_ptr<Server> server);
  std::unique_ptr<Server> server_;
};

}  // namespace lull::scan::testing
