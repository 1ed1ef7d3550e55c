"""The archive (办件归档): each closed case becomes one package that can be read without this program.

A package is a ZIP: the application form and what happened, to be read by anybody, the facts with their exact bytes and
hashes, what was handed in, the papers, metadata after DA/T 85, and a manifest with the SHA-256 and SM3 of every piece,
signed by the installation's key (SM2). Before it is filed it is looked at four ways (四性检测): is it authentic, whole,
readable, safe. It lies encrypted under the case's own key.

Read `profile` (what a region asks for), `contents` (what lies in a package), `readable` (what of it a person reads),
`package` (its bytes), `checks` (the four looks), `filing` (filing, looking again, handing out), `follow` (which cases
wait), `queries`.
"""
