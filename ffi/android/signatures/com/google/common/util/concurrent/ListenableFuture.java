// Signatures for compiling without the Android SDK, as cargo xtask test-ffi does. In no package; they do nothing.
package com.google.common.util.concurrent;

public interface ListenableFuture<V> extends java.util.concurrent.Future<V> {
    void addListener(Runnable listener, java.util.concurrent.Executor executor);
}
