(( $+functions[_docket_ids] )) ||
_docket_ids() {
    local -a ids
    ids=("${(@f)$(docket complete-ids "${(@Q)words}" 2>/dev/null)}")
    compadd -V cases -- $ids
}
