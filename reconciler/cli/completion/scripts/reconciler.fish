# fish completion of reconciler; written by: reconciler completion fish
function __reconciler_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in (reconciler completion fish --complete -- $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case ': file'
                __fish_complete_path "$current"
            case ': folder'
                __fish_complete_directories "$current"
            case '*'
                string replace -- ' -- ' \t $line
        end
    end
end
complete -c reconciler -f -a '(__reconciler_complete)'
