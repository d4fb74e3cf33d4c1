package dev.holdfast.listener;

import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.resolve.Resolver;
import io.netty.channel.EventLoop;

/** An event loop with what is confined to it: the resolver of its queries and its counters. */
public record ListenerLoop(EventLoop loop, Resolver resolver, LoopCounters counters) {}
