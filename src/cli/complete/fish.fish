function __fish_docket_ids
    docket complete-ids (commandline -opc) 2>/dev/null
end
