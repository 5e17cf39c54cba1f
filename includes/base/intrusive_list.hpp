// A doubly linked list whose links are members of what they connect: no allocation, and what is destroyed has left
// its list.
#pragma once

namespace base {

// One element's place in at most one list, or the ring's own end. Neither copied nor moved: its neighbours point at it.
class Link {
public:
    Link() = default;
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    ~Link() { unlink(); }

    bool linked() const { return next_ != this; }

    void unlink() {
        previous_->next_ = next_;
        next_->previous_ = previous_;
        previous_ = next_ = this;
    }

protected:
    void link_before(Link& other) {
        unlink();
        previous_ = other.previous_;
        next_ = &other;
        previous_->next_ = this;
        other.previous_ = this;
    }

    template <class>
    friend class IntrusiveList;

private:
    Link* previous_ = this;
    Link* next_ = this;
};

// T derives from Link. The list owns nothing; when it is destroyed its elements are merely unlinked.
template <class T>
class IntrusiveList {
public:
    ~IntrusiveList() {
        while (!empty()) front().unlink();
    }

    bool empty() const { return !end_.linked(); }
    T& front() { return static_cast<T&>(*end_.next_); }  // precondition: not empty
    void push_back(T& element) { static_cast<Link&>(element).link_before(end_); }

    // All elements of `other`, in order, behind these; `other` is empty afterwards.
    void take_all(IntrusiveList& other) {
        while (!other.empty()) push_back(other.front());
    }

private:
    Link end_;
};

}  // namespace base
