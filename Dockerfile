# The images that CI jobs run in. The build context is a folder with nothing but the files named here; scripts/image
# makes it, so that the same files give the same image.
#
#   scratch-image  the program, CA certificates, a user that is not root: for `docker run` and for CIs that start a program
#   ci             the same with a shell and git, for CIs whose jobs are scripts, as GitLab's
#   pipe           that one as a Bitbucket pipe
ARG BASE=docker.io/library/debian:bookworm-slim

# The shell is busybox; of git, what reads a checkout: the CI has cloned it already.
FROM ${BASE} AS tools
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends git busybox-static \
 && mkdir -p /image/bin /image/usr/bin /image/usr/lib/git-core /image/etc /image/root /image/tmp \
 && chmod 1777 /image/tmp \
 && cp /bin/busybox /image/bin/ \
 && for name in $(busybox --list); do [ "$name" = busybox ] || ln -s busybox "/image/bin/$name"; done \
 && cp /usr/bin/git /image/usr/bin/ \
 && ln -s ../../bin/git /image/usr/lib/git-core/git \
 && ldd /usr/bin/git | sed -n 's|.* \(/[^ ]*\) (.*|\1|p; s|^[[:space:]]*\(/[^ ]*\) (.*|\1|p' | xargs cp -L --parents -t /image \
 && printf 'root:x:0:0:root:/root:/bin/sh\n' >/image/etc/passwd \
 && printf 'root:x:0:\n' >/image/etc/group \
 # Jobs get a checkout that another user owns; git would refuse to look at it.
 && git config --file /image/etc/gitconfig safe.directory '*'

FROM scratch AS ci
ARG TARGETARCH=amd64
COPY --from=tools /image /
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY gatewright_linux_${TARGETARCH} /usr/bin/gatewright
ENV PATH=/usr/bin:/bin HOME=/root
# These CIs mount folders that root owns and expect results in them, so this one stays root.
CMD ["/bin/sh"]

FROM ci AS pipe
COPY pipe.sh /usr/bin/pipe.sh
ENTRYPOINT ["/usr/bin/pipe.sh"]

FROM scratch AS scratch-image
ARG TARGETARCH=amd64
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY gatewright_linux_${TARGETARCH} /usr/bin/gatewright
ENV PATH=/usr/bin
USER 65532:65532
ENTRYPOINT ["/usr/bin/gatewright"]
