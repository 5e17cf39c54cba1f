// Shared ownership by a count inside the object: no allocation of its own, and no atomics, since everything that shares
// lives in one thread.
#pragma once

#include <cstdint>
#include <utility>

namespace base {

// What a Ref can share. Destroyed with its last Ref.
class Counted {
public:
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

    std::uint32_t references() const { return references_; }

protected:
    Counted() = default;
    virtual ~Counted() = default;

private:
    template <class>
    friend class Ref;

    std::uint32_t references_ = 0;
};

template <class T>
class Ref {
public:
    Ref() = default;
    explicit Ref(T* object) : object_(object) { acquire(); }
    Ref(const Ref& other) : object_(other.object_) { acquire(); }
    Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    template <class U>
    Ref(const Ref<U>& other) : object_(other.get()) {
        acquire();
    }
    Ref& operator=(Ref other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~Ref() { reset(); }

    explicit operator bool() const { return object_ != nullptr; }
    // The object keeps this reference's count, until somebody adopts it.
    T* keep() { return std::exchange(object_, nullptr); }
    static Ref adopt(T* object) {
        Ref reference;
        reference.object_ = object;
        return reference;
    }

    T* get() const { return object_; }
    T* operator->() const { return object_; }
    T& operator*() const { return *object_; }

    void reset() {
        T* object = std::exchange(object_, nullptr);
        if (object == nullptr) return;
        Counted* counted = object;
        if (--counted->references_ == 0) delete counted;
    }

private:
    void acquire() {
        if (object_ == nullptr) return;
        Counted* counted = object_;
        ++counted->references_;
    }

    T* object_ = nullptr;
};

}  // namespace base
