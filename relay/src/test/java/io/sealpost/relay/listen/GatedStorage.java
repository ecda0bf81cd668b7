package io.sealpost.relay.listen;

import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StorageFile;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** A storage whose syncs can be held up, as by a slow disk: then the lanes fill. */
final class GatedStorage {
    private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock(true);
    private final Storage storage;

    GatedStorage(Storage storage) {
        this.storage = storage;
    }

    /** From the same thread as {@link #open}. */
    void hold() {
        gate.writeLock().lock();
    }

    void open() {
        gate.writeLock().unlock();
    }

    boolean held() {
        return gate.isWriteLocked();
    }

    Storage storage() {
        return proxy(Storage.class, storage);
    }

    private <T> T proxy(Class<T> type, T target) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, arguments) -> {
                            if (type == StorageFile.class && method.getName().equals("sync")) {
                                gate.readLock().lock();
                                gate.readLock().unlock();
                            }
                            try {
                                Object result = method.invoke(target, arguments);
                                return result instanceof StorageFile file
                                        ? proxy(StorageFile.class, file)
                                        : result;
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            } catch (IllegalAccessException e) {
                                throw new IOException(e);
                            }
                        }));
    }
}
