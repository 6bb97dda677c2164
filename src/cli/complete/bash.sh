_docket_ids() {
    local id
    while IFS= read -r id; do
        if [[ "$id" == "$1"* ]]; then
            COMPREPLY+=("$id")
        fi
    done < <(docket complete-ids "${COMP_WORDS[@]}" 2>/dev/null)
}

_docket_with_ids() {
    local cur="${COMP_WORDS[COMP_CWORD]}" prev="$3" command="" skip="" word
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        if [[ "$word" == "=" ]]; then
            skip=1
        elif [[ -n "$skip" ]]; then
            skip=""
        else
            case "$word" in
                --profile|--config|--data-dir) skip=1 ;;
                -*) ;;
                *) command="$word"; break ;;
            esac
        fi
    done
    # `--flag=value` comes as three words.
    if [[ "$cur" == "=" ]]; then
        cur=""
    elif [[ "$prev" == "=" ]]; then
        prev="${COMP_WORDS[COMP_CWORD-2]}"
    fi
    COMPREPLY=()
    case "$command,$prev" in
        @FLAGS@)
            _docket_ids "$cur"
            return 0
            ;;
        @OTHER_FLAGS@) ;;
        *)
            case "$command" in
                @COMMANDS@)
                    if [[ "$cur" != -* ]]; then
                        _docket_ids "$cur"
                    fi
                    ;;
            esac
            ;;
    esac
    if [[ ${#COMPREPLY[@]} -eq 0 ]]; then
        _docket "$@"
    fi
}
