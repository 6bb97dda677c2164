    $words = @($commandElements | ForEach-Object { $_.Extent.Text })
    $before = if ($wordToComplete -ne '' -and $words.Count -gt 1) { $words[-2] } else { $words[-1] }
    $takesIds = @(@COMMANDS@).Where{ "$command;".StartsWith($_) }.Count -gt 0 -and
        -not $wordToComplete.StartsWith('-') -and @(@OTHER_FLAGS@) -notcontains $before
    if ($takesIds -or @(@FLAGS@) -contains $before) {
        $completions += @(docket complete-ids @words 2>$null | ForEach-Object {
            [CompletionResult]::new($_, $_, [CompletionResultType]::ParameterValue, 'a case on the list')
        })
    }
