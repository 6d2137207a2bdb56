# bash completion of reconciler; written by: reconciler completion bash
_reconciler() {
    local IFS=$'\n' line
    COMPREPLY=()
    for line in $(reconciler completion bash --complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null); do
        case $line in
            ': file') compopt -o default ;;
            ': folder') compopt -o dirnames ;;
            *) COMPREPLY+=("${line%% -- *}") ;;
        esac
    done
}
complete -F _reconciler reconciler
