// A value or the reason why there is none. For start-up code and for the environment (files, sockets, limits);
// what a peer did wrong is an http::Rejection instead, and what cannot happen ends the process.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace base {

// What an errno means, as it stands in the middle of a sentence: "permission denied".
std::string describe(int code);

struct Error {
    std::string message;  // one sentence for a person: what was tried, on what, why it failed, what to do
    int code = 0;         // the errno behind it, 0 when there is none

    // "open /etc/x: Permission denied", from the calling thread's errno.
    static Error from_errno(std::string_view action, std::string_view subject);
    static Error from_code(int code, std::string_view action, std::string_view subject);
};

template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return state_.index() == 0; }

    // Precondition of value() and of both operators: the Result holds a value. Of error(): it holds none.
    T& value() & { return *std::get_if<0>(&state_); }
    const T& value() const& { return *std::get_if<0>(&state_); }
    T&& value() && { return std::move(*std::get_if<0>(&state_)); }
    T& operator*() & { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const Error& error() const { return *std::get_if<1>(&state_); }

private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)), failed_(true) {}

    explicit operator bool() const { return !failed_; }
    const Error& error() const { return error_; }

private:
    Error error_;
    bool failed_ = false;
};

}  // namespace base
