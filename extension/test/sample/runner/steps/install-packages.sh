# A step of the repository's own copilot-setup-steps.yml.
apt-get update -o APT::Update::Error-Mode=any
