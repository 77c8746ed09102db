/* The twins: X(stem); cases/STEM-preserve-on.xml and cases/STEM-preserve-off.xml */
#ifndef TESTS_TWINS_H
#define TESTS_TWINS_H

#define TWINS(X)                                                                                   \
    X("phase1-delete")                                                                             \
    X("phase2-delete")                                                                             \
    X("dpd-death")                                                                                 \
    X("peer-crash")                                                                                \
    X("clear-isakmp")                                                                              \
    X("clear-ipsec")                                                                               \
    X("upload")

#endif
