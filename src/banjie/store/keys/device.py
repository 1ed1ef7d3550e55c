"""A wrapping key in a cryptographic device (PKCS#11): it is made there, works there, and never leaves it.

AES-256-GCM by the device (CKM_AES_GCM), the same bytes as in software: a key wrapped by one device key is moved to
another, or to a key in a file, by wrapping it anew. Which module, which token and which PIN the settings say.
"""

import os
import threading
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import pkcs11
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, MechanismFlag, ObjectClass

TAG_BITS = 128
LABEL = "banjie wrapping key"


class KeysAway(Exception):
    """The device that holds the keys does not answer: nothing is lost, and nothing can be read until it does."""


class Device:
    """One token, opened by this process. Threads take turns: a session of PKCS#11 does one thing at a time."""

    def __init__(self, module: str, token: str, pin: str) -> None:
        self._lock = threading.RLock()
        self._opened = module, token, pin
        self._session: Any = None
        self._keys: dict[str, Any] = {}

    def make(self, key_id: str) -> None:
        """A new key of this id in the device: sensitive, not extractable, good for wrapping alone."""
        with self._lock:
            try:
                self._open().generate_key(
                    KeyType.AES,
                    256,
                    id=bytes.fromhex(key_id),
                    label=LABEL,
                    store=True,
                    capabilities=MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT,
                    template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
                )
            except pkcs11.PKCS11Error as problem:
                raise self._away(problem) from None

    def destroy(self, key_id: str) -> None:
        """Destroy the key of this id in the device, for ever; nothing where it is not there."""
        with self._lock:
            try:
                for each in self._found(key_id):
                    each.destroy()
            except pkcs11.PKCS11Error as problem:
                raise self._away(problem) from None
            self._keys.pop(key_id, None)

    def encrypt(self, key_id: str, nonce: bytes, secret: bytes, label: bytes) -> bytes:
        """Ciphertext ‖ tag. KeysAway."""
        with self._lock:
            for attempt in (1, 2):
                try:
                    made: bytes = self._key(key_id).encrypt(secret, **_gcm(nonce, label))
                    return made
                except pkcs11.PKCS11Error as problem:
                    away = self._away(problem)
                    if attempt == 2:
                        raise away from None
        raise AssertionError("two attempts, and neither answered nor failed")

    def decrypt(self, key_id: str, nonce: bytes, sealed: bytes, label: bytes) -> bytes:
        """The secret; InvalidTag where it was changed or belongs elsewhere. KeysAway."""
        with self._lock:
            try:
                opened: bytes = self._key(key_id).decrypt(sealed, **_gcm(nonce, label))
                return opened
            except pkcs11.PKCS11Error:
                pass
            # Modules say the same of a wrong tag and of a token pulled out: one that still encrypts is there. A session
            # that was lost is opened again by that, and asked once more.
            self.encrypt(key_id, os.urandom(12), b"there?", b"probe")
            try:
                opened = self._key(key_id).decrypt(sealed, **_gcm(nonce, label))
            except pkcs11.PKCS11Error:
                raise InvalidTag from None
            return opened

    def _key(self, key_id: str) -> Any:
        if key_id not in self._keys:
            found = self._found(key_id)
            if not found:
                raise KeysAway(f"the device holds no key {key_id}: is this the token the key file was made with?")
            self._keys[key_id] = found[0]
        return self._keys[key_id]

    def _found(self, key_id: str) -> list[Any]:
        wanted = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.ID: bytes.fromhex(key_id)}
        return list(self._open().get_objects(wanted))

    def _open(self) -> Any:
        if self._session is None:
            module, label, pin = self._opened
            try:
                token = pkcs11.lib(module).get_token(token_label=label)
            except (pkcs11.PKCS11Error, RuntimeError, OSError) as problem:
                raise KeysAway(f"the token {label!r} of {module} does not answer ({type(problem).__name__})") from None
            try:
                self._session = token.open(user_pin=pin, rw=True)
            except pkcs11.UserAlreadyLoggedIn:  # this process works with the same token elsewhere
                self._session = token.open(rw=True)
        return self._session

    def _away(self, problem: Exception) -> KeysAway:
        """What is said of a device that failed; the next try opens it anew."""
        if self._session is not None:
            with suppress(pkcs11.PKCS11Error):
                self._session.close()
        self._session, self._keys = None, {}
        return KeysAway(f"the device that holds the keys does not answer ({type(problem).__name__})")


class DeviceKey:
    """A wrapping key of the device, used like one in memory."""

    __slots__ = ("_id",)

    def __init__(self, key_id: str) -> None:
        self._id = key_id

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """Ciphertext ‖ tag."""
        return device().encrypt(self._id, nonce, data, associated_data)

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """The secret again; InvalidTag."""
        return device().decrypt(self._id, nonce, data, associated_data)


def device() -> Device:
    """The token the settings name, opened once a process; ImproperlyConfigured where they name none."""
    module, token = settings.KEY_PKCS11_MODULE, settings.KEY_PKCS11_TOKEN
    if not module or not token:
        raise ImproperlyConfigured(
            "A wrapping key lies in a cryptographic device, and BANJIE_KEY_PKCS11_MODULE or BANJIE_KEY_PKCS11_TOKEN "
            "is not set: name the module's library and the token's label."
        )
    return _device(os.getpid(), module, token, _pin())


def _pin() -> str:
    path = settings.KEY_PKCS11_PIN_FILE
    try:
        return Path(path).read_text().strip() if path else str(settings.KEY_PKCS11_PIN)
    except OSError as problem:
        raise ImproperlyConfigured(f"BANJIE_KEY_PKCS11_PIN_FILE cannot be read: {problem.strerror}") from None


@lru_cache(maxsize=4)
def _device(process: int, module: str, token: str, pin: str) -> Device:
    return Device(module, token, pin)


def _gcm(nonce: bytes, label: bytes) -> dict[str, Any]:
    return {"mechanism": Mechanism.AES_GCM, "mechanism_param": GCMParams(nonce, label, TAG_BITS)}
