"""Pictures of cases, drawn inside the sandbox: one slice of prediction, truth and error each."""
