#compdef reconciler
# zsh completion of reconciler; written by: reconciler completion zsh
_reconciler() {
    local line
    local -a offered
    for line in "${(@f)$(reconciler completion zsh --complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
        case $line in
            ': file') _files; return ;;
            ': folder') _files -/; return ;;
            ?*) offered+=("${${line%% -- *}//:/\\:}:${line#* -- }") ;;
        esac
    done
    _describe 'reconciler' offered
}
if [ "$funcstack[1]" = "_reconciler" ]; then
    _reconciler "$@"
else
    compdef _reconciler reconciler
fi
