"""Large files sent as links instead of attachments."""
